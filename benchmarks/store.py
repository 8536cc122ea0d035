"""What the store costs at growing sizes, next to plain TinyDB in the same run.

    python benchmarks/store.py

Prints microseconds of processor time per call (the best of rounds, since other programs only add to it) and the ratio of 100,000 documents to 1,000.
"""
from __future__ import annotations

import tempfile
import time
from pathlib import Path
from typing import Any, Callable

from tinydb import Query, TinyDB
from tinydb.storages import MemoryStorage

from fakedet.store import Database
from fakedet.store.declaration import TableSchema
from fakedet.store.journal import JournalStorage
from fakedet.store.schema import TABLES

SCHEMA = {"checkpoints": TableSchema(indexes=("uuid", "trial_id", "task_id"))}
SIZES = (1_000, 10_000, 100_000)
Checkpoint = Query()


def document(number: int) -> dict[str, Any]:
    return {"uuid": f"uuid-{number}", "trial_id": number // 10, "task_id": f"task-{number // 10}", "state": "COMPLETED",
            "resources": {"weights": 1000, "metadata.json": 20}, "metadata": {"steps_completed": number}, "size": 1020}


def cost(call: Callable[[int], Any], times: int, rounds: int = 11) -> float:
    """Microseconds per call: the best of rounds of `times` calls."""
    def one_round() -> float:
        started = time.process_time()
        for number in range(times):
            call(number)
        return (time.process_time() - started) / times * 1e6

    return min(one_round() for _ in range(rounds))


def actions(table: Any, size: int) -> dict[str, Callable[[int], Any]]:
    """TinyDB's methods, that both sides have."""
    return {
        "insert": lambda n: table.insert(document(size + n)),
        "get(uuid == ...)": lambda n: table.get(Checkpoint.uuid == f"uuid-{(size // 2 + n) % size}"),
        "search(trial_id == ...)": lambda n: table.search(Checkpoint.trial_id == (size // 20 + n) % (size // 10)),
        "get(doc_id=...)": lambda n: table.get(doc_id=size // 2 + n),
        "update(..., doc_ids=[...])": lambda n: table.update({"state": "DELETED"}, doc_ids=[size // 2 + n]),
    }


def own_actions(table: Any, size: int) -> dict[str, Callable[[int], Any]]:
    return {
        "one(uuid=...)": lambda n: table.one(uuid=f"uuid-{(size // 2 + n) % size}"),
        "rows(trial_id=...)": lambda n: table.rows(trial_id=(size // 20 + n) % (size // 10)),
        "row(id)": lambda n: table.row(size // 2 + n),
        "tally(trial_id=...)": lambda n: table.tally(trial_id=n),
        "change(id, ...)": lambda n: table.change(size // 2 + n, state="ACTIVE"),
    }


def indexed(size: int, storage: Any = None) -> Any:
    db = Database(SCHEMA, storage)
    table = db.checkpoints
    with db.transaction():
        for number in range(size):
            table.insert(document(number))
    table.rows(uuid="", trial_id=0, task_id="")  # all three indexes are in use
    return table


def plain(size: int) -> Any:
    table = TinyDB(storage=MemoryStorage).table("checkpoints", cache_size=0)
    table.insert_multiple(document(number) for number in range(size))
    return table


def measured(table: Any, size: int, times: int, own: bool) -> dict[str, float]:
    chosen = {**actions(table, size), **(own_actions(table, size) if own else {})}
    return {name: cost(call, times) for name, call in chosen.items()}


def journalled(size: int) -> float:
    with tempfile.TemporaryDirectory() as folder:
        storage = JournalStorage(Path(folder))
        table = indexed(size, storage)
        storage.compact()
        result = cost(lambda n: table.insert(document(size + n)), 200)
        storage.close()
    return result


def print_costs() -> None:
    ours = {size: measured(indexed(size), size, 500, own=True) for size in SIZES}
    theirs = {size: measured(plain(size), size, 5, own=False) for size in SIZES[:2]}
    for size in SIZES:
        ours[size]["insert, journalled"] = journalled(size)
    ours_titles = f"{'microseconds per call':28} {'1k':>8} {'10k':>8} {'100k':>8} {'100k/1k':>8}"
    print(f"{ours_titles} | {'TinyDB 1k':>10} {'10k':>10} {'10k/1k':>7} | at 10k")
    for action in ours[1_000]:
        small, middle, large = (ours[size][action] for size in SIZES)
        line = f"{action:28} {small:8.1f} {middle:8.1f} {large:8.1f} {large / small:7.2f}x |"
        if action in theirs[1_000]:
            first, second = (theirs[size][action] for size in SIZES[:2])
            line += f" {first:10.1f} {second:10.1f} {second / first:6.1f}x | {second / middle:.0f}x quicker"
        print(line)


def print_worlds() -> None:
    print(f"\nfresh database of {len(TABLES)} tables: {cost(lambda _: Database(TABLES), 500):.1f} microseconds")
    hundred = indexed(100)._database
    snapshot = hundred.snapshot()
    print(f"snapshot of 100 documents: {cost(lambda _: hundred.snapshot(), 500):.1f} microseconds")
    print(f"restore of 100 documents: {cost(lambda _: hundred.restore(snapshot), 500):.1f} microseconds")
    looked_up = cost(lambda _: hundred.clone().checkpoints.one(uuid="uuid-50"), 200)
    print(f"clone of 100 documents and first look-up: {looked_up:.1f} microseconds")


if __name__ == "__main__":
    print_costs()
    print_worlds()
