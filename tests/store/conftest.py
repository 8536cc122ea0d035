"""A small schema for the tests of the store."""
from __future__ import annotations

import pytest

from fakedet.store import Database
from fakedet.store.declaration import TableSchema

SCHEMA = {
    "trials": TableSchema(indexes=("experiment_id", "state"), ordered=("start_time",)),
    "users": TableSchema(indexes=("username",)),
    "logs": TableSchema(),
}


@pytest.fixture
def schema():
    return SCHEMA


@pytest.fixture
def db():
    return Database(SCHEMA)
