"""Every snippet of README.md is executed: the tests as a project's own, the commands against a serving master."""
from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")


def snippets(language: str) -> list[str]:
    """The fenced blocks of that language, in order."""
    return re.findall(rf"```{language}\n(.*?)```", README, re.S)


@pytest.mark.slow
@pytest.mark.parametrize("source", snippets("python"), ids=lambda source: re.findall(r"def (\w+)", source)[0])
def test_a_test_of_the_readme_passes_when_pasted(pytester: pytest.Pytester, source: str) -> None:
    pytester.makepyfile(source)
    pytester.runpytest_subprocess("-p", "no:cacheprovider").assert_outcomes(passed=1)


@pytest.mark.slow
def test_the_commands_of_the_readme_work_with_its_config(tmp_path: Path) -> None:
    [config] = snippets("yaml")
    (tmp_path / "config.yaml").write_text(config)
    (tmp_path / "model").mkdir()
    (tmp_path / "model" / "train.py").write_text("print('train')\n")
    [commands] = [block for block in snippets("sh") if "det experiment create" in block]
    serve = [sys.executable, "-m", "fakedet", "serve", "--port", "0", "--json", "--speed", "instant", "--data", str(tmp_path / "data")]
    with subprocess.Popen(serve, stdout=subprocess.PIPE, text=True) as master:
        try:
            url = json.loads(master.stdout.readline())["url"]
            script = commands.replace("http://127.0.0.1:8080", url)
            environment = {**os.environ, "DET_DEBUG_CONFIG_PATH": str(tmp_path / "auth.json"),
                           "PATH": str(Path(sys.executable).parent) + os.pathsep + os.environ["PATH"]}
            ended = subprocess.run(["bash", "-euo", "pipefail", "-c", script], cwd=tmp_path, env=environment, input="\n",
                                   capture_output=True, text=True, timeout=120)
        finally:
            master.kill()
    assert ended.returncode == 0, ended.stdout + ended.stderr
    assert "COMPLETED" in ended.stdout


def test_ci_runs_the_commands_that_the_readme_gives() -> None:
    shown = subprocess.run([sys.executable, str(ROOT / ".ci" / "readme-command"), "Run the tests:"], capture_output=True, text=True,
                           check=True).stdout
    assert "pytest" in shown and shown.strip() in README


def test_every_setting_of_serve_is_named() -> None:
    for option in ("--data", "--port", "--agents", "--slots", "--speed", "--semantics", "--seed", "--storage-path"):
        assert option in README


def test_the_table_of_routes_is_the_commands() -> None:
    command = [sys.executable, "-m", "fakedet", "routes", "--table"]
    printed = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    assert f"<!-- fakedet routes --table -->\n{printed}<!-- end -->" in README
