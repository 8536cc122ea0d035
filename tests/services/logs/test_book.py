"""Log lines in any number: the rows and segments of many tasks answer as one plain list would."""
from __future__ import annotations

import random
from types import SimpleNamespace

import pytest

from fakedet.domain.log_conditions import as_escaped_bytes
from fakedet.services.logs import book
from fakedet.services.logs.filters import LogFilter
from fakedet.services.logs.writing import OPTIONAL
from fakedet.store import Database
from fakedet.store.schema import TABLES

TASKS = ("1.a", "1.b", "2.c")
NOTHING = {"rank_ids": [], "allocation_ids": [], "agent_ids": [], "container_ids": [], "stdtypes": [], "sources": [], "levels": [],
           "timestamp_before": None, "timestamp_after": None, "search_text": ""}


def line(task_id, number, chance):
    return {"task_id": task_id, "log": f"step {number}\n", "timestamp": number * 10, "level": chance.choice([None, "INFO", "ERROR"]),
            **dict.fromkeys(OPTIONAL), "rank_id": chance.choice([None, 0, 1]), "source": chance.choice(["master", "task"])}


@pytest.fixture(scope="module")
def filled():
    """A database and the plain list of all lines in it: posts of one line, of a few, and of more than segments hold."""
    db, chance, everything = Database(TABLES), random.Random(7), []
    for number_of_post, size in enumerate((1, 3, 700, 249, 1, 1, 250, 251, 40, 500, 1, 260, 300)):
        task_id = TASKS[number_of_post % 3]
        lines = [line(task_id, len(everything) + number, chance) for number in range(size)]
        book.add(db, task_id, lines)
        everything += [{**one, "id": len(everything) + number + 1} for number, one in enumerate(lines)]
    return db, everything


def wanted(task_id, **request):
    return LogFilter(task_id, SimpleNamespace(**{**NOTHING, **request}))


@pytest.mark.parametrize("request_fields", [
    {}, {"rank_ids": [1]}, {"sources": ["task"]}, {"levels": ["LOG_LEVEL_ERROR"]}, {"search_text": "STEP 77"},
    {"timestamp_before": 9_000, "timestamp_after": 3_000}, {"rank_ids": [0], "sources": ["master"], "search_text": "1_3"}])
@pytest.mark.parametrize("after_id", [0, 1, 500, 2_000, 9_999])
@pytest.mark.parametrize("task_id", TASKS)
def test_lines_are_those_of_a_plain_list_in_both_orders(filled, task_id, after_id, request_fields):
    db, everything = filled
    chosen = wanted(task_id, **request_fields)
    expected = [one for one in everything if chosen.matches(one, after_id)]
    assert list(book.ascending(db, task_id, chosen, after_id)) == expected
    assert list(book.descending(db, task_id, chosen, after_id)) == expected[::-1]


@pytest.mark.parametrize("ranks", [[-1], [-1, 1], [1, -1, 0]])
def test_no_rank_means_all_lines_without_one_and_lets_lines_of_these_ranks_of_all_tasks_in(filled, ranks):
    db, everything = filled
    found = list(book.of_all_tasks(db, wanted("1.a", rank_ids=ranks, sources=["task"])))
    assert found == [one for one in everything if (one["task_id"] == "1.a" and one["rank_id"] is None)
                     or (one["rank_id"] in ranks and one["source"] == "task")]


@pytest.mark.parametrize("task_id", TASKS)
def test_values_and_sizes_are_those_of_all_lines(filled, task_id):
    db, everything = filled
    lines = [one for one in everything if one["task_id"] == task_id]
    assert book.size(db, task_id) == len(lines)
    assert book.values(db, task_id, "rank_id") == {one["rank_id"] for one in lines}


def test_a_transaction_that_fails_leaves_neither_lines_nor_segments(filled):
    db, everything = filled
    before = book.size(db, "1.a")
    with pytest.raises(RuntimeError), db.transaction():
        book.add(db, "1.a", [line("1.a", number, random.Random(1)) for number in range(900)])
        raise RuntimeError
    assert book.size(db, "1.a") == before
    assert list(book.ascending(db, "1.a", wanted("1.a"))) == [one for one in everything if one["task_id"] == "1.a"]


def test_removing_the_lines_of_a_task_leaves_those_of_others(filled):
    db, everything = filled[0].clone(), filled[1]
    assert book.remove(db, "1.b") == sum(one["task_id"] == "1.b" for one in everything)
    assert [book.size(db, task_id) > 0 for task_id in TASKS] == [True, False, True]


def test_most_lines_of_a_long_log_are_packed_and_the_last_one_never_is(filled):
    db, everything = filled
    for task_id in TASKS:
        newest = db.task_logs.rows(task_id=task_id)
        assert 1 <= len(newest) <= book.SEGMENT
        assert newest[-1]["id"] == max(one["id"] for one in everything if one["task_id"] == task_id)


@pytest.mark.parametrize(("text", "escaped"), [("a\\b", "a\\\\b"), ("é", "\\303\\251"), ("a\0b", "a\\000b"), ("plain\n", "plain\n")])
def test_text_is_searched_as_the_database_escapes_it(text, escaped):
    assert as_escaped_bytes(text) == escaped


@pytest.mark.parametrize(("text", "found"), [("%", ["100%", "a"]), ("\\", ["100%"]), ("\\\\", []), ("0\\%", ["100%"])])
def test_a_backslash_at_the_end_of_a_text_takes_the_wildcard_behind_it(detached, text, found):
    task_id = detached.show(detached.trial())["taskId"]
    detached.post("/task/logs", {"logs": [{"taskId": task_id, "log": log} for log in ("100%", "a")]})
    assert [line["log"] for line in detached.lines(f"/tasks/{task_id}/logs", searchText=text)] == found


def test_the_task_is_looked_for_before_the_lines_are_looked_at(detached):
    lines = [{"taskId": "none", "log": "a"}, {"taskId": "other", "log": "b"}]
    assert detached.refusal("POST", "/task/logs", {"logs": lines}) == "404 task 'none' not found"
