"""fakedet alone, as a wheel on any supported Python: the fixture, the command, a request over a real socket. Run by .ci/smoke."""
from __future__ import annotations

import json
import subprocess
import sys
import urllib.request

import pytest


def test_fixture_gives_a_cluster_that_answers(fake_determined):
    reply = json.load(urllib.request.urlopen(fake_determined.url + "/api/v1/master"))
    assert reply["version"] == "0.38.1"


def test_serve_answers_and_stops(tmp_path):
    command = [sys.executable, "-m", "fakedet", "serve", "--port", "0", "--json", "--data", str(tmp_path / "data")]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            url = json.loads(process.stdout.readline())["url"]
            assert json.load(urllib.request.urlopen(url + "/info"))["version"] == "0.38.1"
        finally:
            process.terminate()
        assert process.wait(10) == 0


@pytest.mark.parametrize("arguments", [["--help"], ["--version"], ["serve", "--help"]])
def test_commands_explain_themselves(arguments):
    assert subprocess.run([sys.executable, "-m", "fakedet", *arguments], capture_output=True).returncode == 0
