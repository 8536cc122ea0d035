"""How a table is declared: by which fields its rows are found at once."""
from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class TableSchema:
    """A table of rows with an integer `id`.

    indexes: fields whose equal values are looked up without a scan. ordered: fields by whose order rows are read in slices.
    """

    indexes: tuple[str, ...] = ()
    ordered: tuple[str, ...] = ()
