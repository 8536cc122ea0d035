"""The uploaded context as the master lays it out, and secrets of the config that are shown with it."""
from __future__ import annotations

import base64
import json

import pytest

FILE, FOLDER = 48, 53
CACHE = "/var/cache/determined/exp_model_def/1"


def upload(client, *paths):
    """Paths with a slash at their end are folders."""
    entries = [{"path": path.rstrip("/"), "type": FOLDER if path.endswith("/") else FILE,
                "content": "" if path.endswith("/") else base64.b64encode(path.encode()).decode()} for path in paths]
    client.create(request={"modelDefinition": entries})


def read(client, path):
    return base64.b64decode(client.post("/experiments/1/file", {"path": path})["file"]).decode()


def test_files_are_read_by_the_very_path_that_they_came_with(idle):
    upload(idle, "d/", "d/a.py", "./b.py")
    assert (read(idle, "d/a.py"), read(idle, "./b.py")) == ("d/a.py", "./b.py")
    assert idle.refusal("POST", "/experiments/1/file", {"path": "b.py"}) == "500 file does not exist"


@pytest.mark.parametrize(("paths", "message"), [
    (["d/a.py"], f"open {CACHE}/d/a.py: no such file or directory"),
    (["d/a.py", "d/"], f"open {CACHE}/d/a.py: no such file or directory"),
    (["d/", "d"], f"open {CACHE}/d: is a directory"),
    (["../a.py"], "../a.py is not a valid path"),
])
def test_a_context_that_cannot_be_laid_out_cannot_be_read(idle, paths, message):
    upload(idle, *paths)
    assert idle.refusal("GET", "/experiments/1/file_tree") == f"500 {message}"
    assert idle.refusal("POST", "/experiments/1/file", {"path": "d/a.py"}) == f"500 {message}"


def test_a_folder_brings_those_around_it(idle):
    upload(idle, "a/b/", "a/c.py", "a/b/d.py")
    assert read(idle, "a/c.py") == "a/c.py"


def test_secrets_are_hidden_in_the_original_text_which_is_written_anew(idle):
    idle.create(data={"secrets": {"key": "s3cret"}, "rate": 1.50})
    shown = idle.show()
    original = json.loads(shown["originalConfig"])
    assert shown["config"]["data"] == original["data"] == {"secrets": {"key": "********"}, "rate": 1.5}
    assert shown["originalConfig"].startswith('{"data":{"rate":1.5,"secrets":')


def test_other_original_texts_are_shown_as_they_were_sent(idle):
    text = "{name: e,  entrypoint: x, searcher: {name: single, metric: m}, resources: {slots_per_trial: 0}} # as sent"
    idle.post("/experiments", {"config": text})
    assert idle.show()["originalConfig"] == text
