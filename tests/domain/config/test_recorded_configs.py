"""Every experiment that a recording creates: same echo, or same refusal."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from config_cases import MASTER

from fakedet.domain.config import ConfigError, ConfigPanic, parse
from fakedet.services.config_text import ConfigTextError, read_config_text

RECORDINGS = Path(__file__).parents[3] / "fixtures" / "golden" / "recordings"
# What a config alone cannot tell: the answers of projects, pools and searchers that come in between.
CONFIG_WORDS = ("invalid experiment configuration: ", "<config>")


def created() -> Iterator[Any]:
    for path in sorted(RECORDINGS.glob("*/*.json")):
        steps = json.loads(path.read_text())["steps"]
        if any("checkpointStorageConfig" in str(step.get("body")) for step in steps):
            continue  # a workspace with its own storage is the services' business
        for number, step in enumerate(steps):
            if step["method"] == "POST" and step["path"] == "/api/v1/experiments" and _tells_of_a_config(step):
                yield pytest.param(step["body"], step["reply"], id=f"{path.parent.name}/{path.stem}/{number}")


def _tells_of_a_config(step: dict[str, Any]) -> bool:
    body, reply = step.get("body"), step.get("reply")
    if not isinstance(body, dict) or not isinstance(body.get("config"), str) or body.get("template") is not None:
        return False
    if "error" in reply:
        return str(reply["error"].get("error")).startswith(CONFIG_WORDS)
    return isinstance(reply.get("config"), dict)


@pytest.mark.parametrize(("body", "reply"), list(created()))
def test_a_recorded_config_gets_its_recorded_answer(body, reply):
    answer = _answer(body["config"])
    if "error" in reply:
        assert answer == reply["error"]["error"]
    else:
        _assert_matches(reply["config"], answer, "config")


def _answer(text: str) -> Any:
    try:
        return parse(read_config_text(text), name="made up", seed=1, defaults=MASTER)
    except ConfigTextError as error:
        return f"invalid experiment configuration: unable to convert yaml to json: not valid yaml: error converting YAML to JSON: {error}"
    except (ConfigError, ConfigPanic) as error:
        return str(error)


def _assert_matches(expected: Any, actual: Any, place: str) -> None:
    """Equal, but for `<...>`, which stands for anything, and the order of labels."""
    if isinstance(expected, str) and expected.startswith("<"):
        return
    if isinstance(expected, dict) and isinstance(actual, dict):
        assert set(expected) == set(actual), place
        for key, value in expected.items():
            _assert_matches(value, actual[key], f"{place}.{key}")
    elif place.endswith(".labels"):
        assert sorted(expected) == sorted(actual)
    else:
        assert expected == actual, place
