"""Log lines in a folder: whatever is acknowledged is there after a crash, segments and all."""
from __future__ import annotations

import shutil

import pytest

from fakedet.services.logs import book
from fakedet.services.logs.writing import append
from fakedet.settings import Settings
from fakedet.world import World


class Everything:
    """A filter that lets all lines pass."""

    def matches(self, row, after_id):
        return True

    def may_match(self, segment):
        return True


def texts(world):
    return [line["log"] for line in book.ascending(world.db, "1.a", Everything())]


@pytest.fixture
def world(tmp_path):
    opened = World(Settings(), directory=tmp_path / "data")
    yield opened
    opened.close()


def after_crash(tmp_path, *, torn=0):
    """The world of a copy of the folder as it is while its owner lives, its journal cut off by `torn` bytes."""
    copy = tmp_path / "copy"
    shutil.rmtree(copy, ignore_errors=True)
    shutil.copytree(tmp_path / "data", copy, ignore=shutil.ignore_patterns("lock"))
    journal = copy / "journal.jsonl"
    journal.write_bytes(journal.read_bytes()[:len(journal.read_bytes()) - torn])
    return World(Settings(), directory=copy)


@pytest.mark.parametrize("posts", [[1], [250, 1], [251], [100] * 7, [1_000, 3]])
def test_all_lines_are_there_after_a_crash(world, tmp_path, posts):
    for number, size in enumerate(posts):
        append(world, "1.a", [{"log": f"{number}/{line}"} for line in range(size)])
    reopened = after_crash(tmp_path)
    assert texts(reopened) == texts(world) and book.size(reopened.db, "1.a") == sum(posts)
    append(reopened, "1.a", [{"log": "after"}])
    assert texts(reopened)[-1] == "after"
    reopened.close()


def test_a_post_that_was_torn_off_leaves_the_posts_before_it(world, tmp_path):
    for number in range(6):
        append(world, "1.a", [{"log": f"{number}/{line}"} for line in range(100)])
    reopened = after_crash(tmp_path, torn=1)
    assert texts(reopened) == texts(world)[:500]
    reopened.close()


def test_lines_come_back_with_a_snapshot(world):
    append(world, "1.a", [{"log": str(line)} for line in range(600)])
    snapshot, before = world.snapshot(), texts(world)
    append(world, "1.a", [{"log": "more"}] * 600)
    book.remove(world.db, "1.a")
    world.restore(snapshot)
    assert texts(world) == before
