"""The order of JSON values in the database: what searches that sort by a hyperparameter or by metadata go by.

Object > array > boolean > number > string > null; of two containers of a kind the one with more in it is the greater
(PostgreSQL: compareJsonbContainers).
"""
from __future__ import annotations

from typing import Any

from fakedet.domain.collation import sort_key
from fakedet.domain.sql_casts import storage_order

_NULL, _STRING, _NUMBER, _BOOLEAN, _ARRAY, _OBJECT = range(6)


def jsonb_key(value: Any) -> tuple[Any, ...]:
    """Values sort as their keys compare.

    A bare scalar counts as an array of one that is less than any real array of one: hence an empty array is less than all scalars.
    """
    key = _key(value)
    return key if key[0] == _OBJECT else (*key[:2], 1, key[2]) if key[0] == _ARRAY else (_ARRAY, 1, 0, (key,))


def _key(value: Any) -> tuple[Any, ...]:
    if value is None:
        return (_NULL,)
    if isinstance(value, str):
        return _STRING, sort_key(value)
    if isinstance(value, bool):
        return _BOOLEAN, value
    if isinstance(value, (int, float)):
        return _NUMBER, value
    if isinstance(value, dict):
        return _OBJECT, len(value), tuple((sort_key(name), _key(value[name])) for name in sorted(value, key=storage_order))
    return _ARRAY, len(value), tuple(map(_key, value))
