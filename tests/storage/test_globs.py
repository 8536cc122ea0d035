"""The glob rules, held against the client's own storage manager on real files."""
from __future__ import annotations

import itertools
import tempfile
from pathlib import Path

import pytest
from determined.common.storage import SharedFSStorageManager, StorageManager
from hypothesis import given
from hypothesis import strategies as st

from fakedet.storage.globs import survivors

names = st.sampled_from(["a", "b", "a.bin", ".hidden", "code", "x[1]"])
paths = st.builds(lambda parts, end: "/".join(parts) + end, st.lists(names, min_size=1, max_size=3), st.sampled_from(["", "/"]))
segments = st.sampled_from(["a", "b", "*", "**", "*.bin", "?", "[ab]", ".*", ".hidden", "code", "..", ".", "", "x[1]", "x[[]1]", "**.bin"])


def stays_below_the_root(parts: list[str]) -> bool:
    """Whether a pattern never climbs out: the client lets one out and back in again (`../*/a`), here it matches nothing."""
    depths = itertools.accumulate({"**": 0, ".": 0, "": 0, "..": -1}.get(part, 1) for part in parts)
    return min(depths) >= 0


globs = st.lists(st.lists(segments, min_size=1, max_size=3).filter(stays_below_the_root).map("/".join), max_size=2)


def listing_of(root: Path, wanted: list[str]) -> dict[str, int]:
    for path in wanted:
        place = root / path
        try:
            place.mkdir(parents=True) if path.endswith("/") else (place.parent.mkdir(parents=True, exist_ok=True), place.touch())
        except (FileExistsError, NotADirectoryError, IsADirectoryError):
            continue
    return StorageManager._list_directory(root)


@given(st.lists(paths, min_size=1, max_size=6), globs)
def test_what_is_left_is_what_the_clients_storage_manager_leaves(wanted, patterns):
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder) / "checkpoint"
        root.mkdir()
        listing = listing_of(root, wanted)
        try:
            left = SharedFSStorageManager(folder).delete("checkpoint", patterns)
        except OSError:
            return  # the client fails where a glob matches a directory and one inside it, or the root
        assert survivors(listing, patterns) == left


@pytest.mark.parametrize("pattern", ["sub/**", "sub", "s*", "sub/"])
def test_a_directory_goes_with_its_subdirectories_where_the_real_task_fails(pattern):
    assert survivors({"sub/": 0, "sub/deep/": 0, "sub/deep/x": 1, "y": 1}, [pattern]) == {"y": 1}


@pytest.mark.parametrize("pattern", ["../*", "../*/x", "**/../../x", "sub/../../sub"])
def test_a_glob_that_climbs_out_of_the_checkpoint_matches_nothing(pattern):
    listing = {"sub/": 0, "x": 1}
    assert survivors(listing, [pattern]) == listing


def test_everything_includes_hidden_names_only_as_the_exact_glob():
    listing = {".hidden": 1, "x": 1}
    assert survivors(listing, ["**/*"]) == {}
    assert survivors(listing, ["*"]) == {".hidden": 1}
