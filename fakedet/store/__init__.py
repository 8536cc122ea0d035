"""The tables of a world, in TinyDB: indexed, transactional, in memory or journalled to a folder.

TinyDB's documents and queries work on every table; `Database` adds what the master has from PostgreSQL: indexes, sequences,
transactions and durability.
"""
from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from fakedet.store.database import Database

__all__ = ["Database"]


def __getattr__(name: str) -> Any:
    if name == "Database":
        from fakedet.store.database import Database

        return Database
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
