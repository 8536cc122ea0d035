"""The queries of clients up to 0.12.3: how they are read, and what they find."""
from __future__ import annotations

import pytest

from fakedet.gateway.legacy.graphql.executing import execute, matches
from fakedet.gateway.legacy.graphql.language import Field, GraphqlError, parse
from fakedet.gateway.legacy.graphql.tables import Record
from fakedet.settings import Settings
from fakedet.world import World


@pytest.fixture
def db():
    world = World(Settings())
    yield world.db
    world.close()


def test_a_query_is_fields_with_literal_arguments() -> None:
    text = 'query {\nusers(order_by: [{id: asc}], where: {active: {_eq: true}, username: {_in: ["a", "b\\""]}}, limit: null) {\nid\n}\n}'
    users = Field("users", {"order_by": [{"id": "asc"}], "where": {"active": {"_eq": True}, "username": {"_in": ["a", 'b"']}}, "limit": None},
                  (Field("id"),))
    assert parse(text) == (users,)


@pytest.mark.parametrize("text", ["", "query {", "query { users { id }", "query { users } more", "query { users( } }"])
def test_what_is_no_query_is_refused(text: str) -> None:
    with pytest.raises(GraphqlError):
        parse(text)


@pytest.mark.parametrize(("where", "meets"), [
    ({}, True), ({"n": {"_gt": 1}}, True), ({"n": {"_gt": 2}}, False), ({"n": {"_in": [1, 2]}}, True), ({"nothing": {"_eq": None}}, False),
    ({"nothing": {"_is_null": True}}, True), ({"n": {"_eq": 2}, "name": {"_eq": "y"}}, False),
    ({"_or": [{"n": {"_eq": 9}}, {"name": {"_eq": "x"}}]}, True), ({"_not": {"n": {"_eq": 2}}}, False)])
def test_conditions_hold_together(where, meets) -> None:
    assert matches(Record("users", {"n": 2, "name": "x", "nothing": None}, None), where) is meets


def test_users_come_sorted_and_cut(db) -> None:
    query = "{ users(order_by: [{id: desc}], limit: 1) { username agent_user_group { uid } } }"
    assert execute(db, parse(query)) == {"users": [{"username": "determined", "agent_user_group": None}]}


def test_a_row_that_is_not_there_is_null(db) -> None:
    assert execute(db, parse("{ experiments_by_pk(id: 7) { state } }")) == {"experiments_by_pk": None}


def test_an_unknown_field_is_named(db) -> None:
    with pytest.raises(GraphqlError, match='field "shoe" not found in type: "users"'):
        execute(db, parse("{ users { shoe } }"))


def test_templates_are_found_by_name(db) -> None:
    db.templates.insert({"name": "t", "workspace_id": 1, "config": {"description": "d"}})
    query = '{ templates { name } templates_by_pk(name: "t") { config } }'
    assert execute(db, parse(query)) == {"templates": [{"name": "t"}], "templates_by_pk": {"config": {"description": "d"}}}
