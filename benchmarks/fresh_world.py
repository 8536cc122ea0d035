"""What a fresh cluster costs in a test, and what cloning a seeded one costs."""
from __future__ import annotations

from benchmarks.side_by_side import medians, report
from fakedet.settings import Settings
from fakedet.world import World


def main() -> None:
    """Print the milliseconds."""
    seeded = World(Settings())
    with seeded.db.transaction():
        for number in range(400):
            seeded.db.task_logs.insert({"task_id": "t", "log": f"line {number}"})
    found = medians({
        "fresh world, made and closed": lambda: World(Settings()).close(),
        "fresh world with its first row read": _used,
        "clone of a world of 400 documents": lambda: seeded.db.clone().task_logs.tally(task_id="t"),
        "snapshot and restore of 400 documents": lambda: seeded.restore(seeded.snapshot()),
    }, rounds=50, calls=5)
    report("worlds", found, "fresh world, made and closed")


def _used() -> None:
    world = World(Settings())
    world.db.users.row(1)
    world.close()


if __name__ == "__main__":
    main()
