"""Configurations of commands: read as the master reads them, and refused in its words (asked of a real one)."""
from __future__ import annotations

from typing import Any

import pytest

from fakedet.domain.config.commands import COMMAND, complaint
from fakedet.domain.config.reading import ReadError, run


def full(sent: dict[str, Any], below: dict[str, Any] | None = None) -> dict[str, Any]:
    high, low = (run(lambda reading, part=part: COMMAND.read(part, reading), strict=True) for part in (sent, below or {}))
    return COMMAND.show(COMMAND.fill(COMMAND.merge(high, low)))


def test_images_and_variables_are_given_for_each_kind_of_device() -> None:
    environment = full({"environment": {"image": "i", "environment_variables": ["A=b"]}})["environment"]
    assert environment["image"] == {"cpu": "i", "cuda": "i", "rocm": "i"}
    assert environment["environment_variables"] == {"cpu": ["A=b"], "cuda": ["A=b"], "rocm": ["A=b"]}
    assert full({"environment": {"image": {"gpu": "g"}}})["environment"]["image"]["cuda"] != "g"


def test_a_template_gives_way_but_its_lists_of_places_add_up() -> None:
    mount = {"host_path": "/a", "container_path": "/b"}
    template = {"description": "t", "bind_mounts": [mount], "debug": True}
    config = full({"description": "own", "bind_mounts": [{**mount, "container_path": "/c"}]}, template)
    assert (config["description"], config["debug"]) == ("own", True)
    assert [place["container_path"] for place in config["bind_mounts"]] == ["/c", "/b"]


def test_small_forms_are_written_out() -> None:
    config = full({"idle_timeout": "90m", "resources": {"devices": ["/a:/b"], "shm_size": "1g"}})
    assert config["idle_timeout"] == "1h30m0s"
    assert config["resources"]["devices"] == [{"host_path": "/a", "container_path": "/b", "mode": "mrw"}]
    assert config["resources"]["shm_size"] == 2**30


@pytest.mark.parametrize("sent, error", [
    ({"bogus": 1}, 'json: unknown field "bogus"'),
    ({"work_dir": 5}, "json: cannot unmarshal number into Go struct field CommandConfig.work_dir of type string"),
    ({"environment": "x"}, "json: cannot unmarshal string into Go struct field CommandConfig.environment of type model.Environment"),
    ({"resources": {"priority": 1.5}}, "json: cannot unmarshal number 1.5 into Go struct field ResourcesConfig.resources.priority of type int"),
    ({"bind_mounts": ["x"]}, "failed to parse bind mounts: failed to parse bind mounts: "
                             "json: cannot unmarshal string into Go value of type model.BindMount"),
    ({"environment": {"image": 5}}, "failed to parse runtime item: json: cannot unmarshal number into Go value of type model.DefaultParser"),
    ({"idle_timeout": "x"}, 'error parsing duration: time: invalid duration "x"'),
    ({"idle_timeout": 5}, "invalid duration: 5"),
    ({"resources": {"shm_size": []}}, "shm_size needs to be a string or numeric"),
])
def test_what_cannot_be_read_is_told_as_the_master_tells_it(sent: dict[str, Any], error: str) -> None:
    with pytest.raises(ReadError) as refused:
        full(sent)
    assert str(refused.value) == error


@pytest.mark.parametrize("sent, text", [
    ({"notebook_idle_type": "x"}, "root: invalid notebook idle type: x not in [kernels_or_terminals kernel_connections activity]"),
    ({"resources": {"priority": 100}}, "root.Resources: scheduling priority must be greater than 0 and less than 100: "
                                       "100 is not less than or equal to 99"),
    ({"resources": {"weight": -1}}, "root.Resources: weight must be > 0: -1 is not greater than 0"),
    ({"bind_mounts": [{"host_path": "a"}]}, "root.BindMounts[0]: host_path must be an absolute path: expected true, got false"),
])
def test_a_whole_configuration_is_checked(sent: dict[str, Any], text: str) -> None:
    assert complaint(full(sent)) == f"Check Failed! 1 errors found:\n\terror found at {text}"
    assert complaint(full({})) is None
