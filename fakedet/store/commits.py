"""How a commit is written down: the net change of each row, as the fields that differ.

A row may be large (an experiment holds its model definition), and most changes touch a field or two; so only those are written.
"""
from __future__ import annotations

from typing import Any, Mapping, Sequence

from fakedet.store.state import Change, Row, State


def commit_document(number: int, changes: Sequence[Change], sequences: Mapping[str, int]) -> dict[str, Any]:
    """Commit `number`: how far sequences have counted, and an entry per changed row."""
    return {"commit": number, "sequences": dict(sequences), "rows": [_entry(change) for change in _net(changes)]}


def apply_commit(state: State, document: Mapping[str, Any]) -> None:
    """Repeat a commit on the state that it was made on."""
    state.sequences.update(document["sequences"])
    for table, row_id, *content in document["rows"]:
        rows = state.rows(table)
        if not content:
            del rows[row_id]
        elif len(content) == 1:
            rows[row_id] = content[0]
        else:
            rows[row_id] = _changed(rows[row_id], *content)


def _net(changes: Sequence[Change]) -> list[Change]:
    net: dict[tuple[str, int], Change] = {}
    for change in changes:
        first = net.get(change[:2])
        net[change[:2]] = change if first is None else change._replace(old=first.old)
    return [change for change in net.values() if change.old is not change.new]


def _entry(change: Change) -> list[Any]:
    """[table, id] for a deletion, [table, id, row] for a new row, [table, id, fields set, fields removed] for a changed one."""
    table, row_id, old, new = change
    if new is None:
        return [table, row_id]
    if old is None:
        return [table, row_id, new]
    return [table, row_id, _set(old, new), [field for field in old if field not in new]]


def _set(old: Row, new: Row) -> Row:
    # By identity, not equality: it is quicker, and True == 1 must not hide a change.
    return {field: value for field, value in new.items() if field not in old or old[field] is not value}


def _changed(row: Row, fields: Row, removed: list[str]) -> Row:
    kept = {field: value for field, value in row.items() if field not in removed}
    return {**kept, **fields}
