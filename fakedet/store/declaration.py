"""How a table is declared: by which fields its rows are found at once."""
from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class TableSchema:
    """A table of rows with an integer `id`.

    indexes: fields whose equal values are looked up without a scan. combined: groups of fields looked up together, where one of
    them alone leaves too many rows. ordered: fields by whose order rows are read in slices. ranges: groups of fields: rows that agree
    in all but the last are read in slices by the last, which holds numbers.
    """

    indexes: tuple[str, ...] = ()
    combined: tuple[tuple[str, ...], ...] = ()
    ordered: tuple[str, ...] = ()
    ranges: tuple[tuple[str, ...], ...] = ()
