"""Clients before 0.26.2 are known by what they ask first, and by how they sort."""
from __future__ import annotations

import pytest

from fakedet.gateway.http import HttpRequest
from fakedet.gateway.legacy.caller import Caller
from fakedet.gateway.legacy.habits import Habits

LISTED = "GET /api/v1/experiments/1/trials?offset=0&orderBy=ORDER_BY_ASC&sortBy=SORT_BY_ID"
ACT = "POST /api/v1/experiments/1/activate"


def newest_after(*asked: str, token: str = "Bearer t") -> tuple[int, ...]:
    """The newest that the client can be that sent these requests."""
    habits, caller = Habits(None), Caller()  # type: ignore[arg-type]
    for line in asked:
        method, _, rest = line.partition(" ")
        path, _, query = rest.partition("?")
        caller = habits.narrowed(Caller(), HttpRequest(method, path, query, {"authorization": token}))
    return caller.newest


@pytest.mark.parametrize("asked", [
    [LISTED], [LISTED, ACT], ["GET /api/v1/me", LISTED, ACT],
    ["GET /api/v1/experiments/1/checkpoints?sortBy=SORT_BY_END_TIME"], [ACT, "GET /api/v1/trials/1/checkpoints?offset=0&sortBy=SORT_BY_UUID"]])
def test_it_is_older_than_the_first_that_fetches_experiments(asked) -> None:
    assert newest_after(*asked) == (0, 26, 1)


@pytest.mark.parametrize("asked", [
    [ACT], ["GET /api/v1/experiments/1", LISTED, ACT], ["POST /api/v1/experiments", LISTED], ["GET /api/v1/experiments?offset=0", LISTED],
    ["GET /api/v1/experiments/1/trials?limit=200&offset=0", ACT], ["GET /api/v1/experiments/1/checkpoints?sortByAttr=SORT_BY_END_TIME"]])
def test_it_may_be_of_any_age(asked) -> None:
    assert newest_after(*asked) == Caller().newest


def test_without_a_token_nothing_is_remembered() -> None:
    assert newest_after(LISTED, token="") == Caller().newest
