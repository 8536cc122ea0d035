"""Followers of logs: they get what is added, wait without holding the world, and end when the trial has ended."""
from __future__ import annotations

import json
import threading

import pytest

from fakedet.gateway import app
from fakedet.gateway.http import HttpRequest

PATIENCE = 20
MANAGED = {"name": "m", "entrypoint": "true", "resources": {"slots_per_trial": 0}, "searcher": {"name": "single", "metric": "loss"}}
FILES = [{"path": "a.py", "type": 48, "content": "", "mtime": "0", "mode": 420}]


class Follower(threading.Thread):
    """Reads a stream of the world until it ends."""

    def __init__(self, client, target):
        super().__init__(daemon=True)
        path, _, query = target.partition("?")
        headers = {"authorization": client._headers["Authorization"]}
        self.messages, self._begun, self.left = [], threading.Event(), threading.Event()
        self._reply = app.answer(client.world, HttpRequest("GET", f"/api/v1{path}", query, headers, has_left=self.left.is_set))
        self.start()
        assert self._begun.wait(PATIENCE)

    def run(self):
        for line in self._reply.body:
            message = json.loads(line)
            self.messages.append(message.get("result", message))
            self._begun.set()

    def ended(self):
        self.join(PATIENCE)
        assert not self.is_alive()
        return self.messages


@pytest.fixture
def managed(detached):
    """A trial that nothing runs, its task, and its first line."""
    detached.post("/experiments", {"config": json.dumps(MANAGED), "modelDefinition": FILES})
    write(detached, "first", rankId=0)
    return detached


def write(client, *texts, **fields):
    task_id = client.show(1)["taskId"]
    client.post("/task/logs", {"logs": [{"taskId": task_id, "log": text, **fields} for text in texts]})


def texts(messages):
    return [message["log"] for message in messages]


def test_a_follower_gets_what_is_added_until_the_trial_has_ended(managed):
    follower = Follower(managed, "/trials/1/logs?follow=true")
    write(managed, "second")
    write(managed, "third", "fourth")
    managed.post("/experiments/1/kill")
    assert texts(follower.ended()) == ["first", "second", "third", "fourth"]


def test_a_follower_of_a_trial_that_has_ended_gets_everything_and_ends(managed):
    managed.post("/experiments/1/kill")
    assert texts(Follower(managed, "/trials/1/logs?follow=true").ended()) == ["first"]


def test_many_lines_are_followed_over_all_segments(managed):
    follower = Follower(managed, "/trials/1/logs?follow=true")
    for start in range(0, 1_200, 100):
        write(managed, *map(str, range(start, start + 100)))
    managed.post("/experiments/1/kill")
    assert texts(follower.ended()) == ["first", *map(str, range(1_200))]


def test_filters_count_for_what_is_followed_and_the_limit_does_not(managed):
    follower = Follower(managed, "/trials/1/logs?follow=true&rankIds=0&limit=1")
    write(managed, "of rank 1", rankId=1)
    write(managed, "of rank 0", rankId=0)
    managed.post("/experiments/1/kill")
    assert texts(follower.ended()) == ["first", "of rank 0"]


def test_lines_without_a_rank_are_followed_once(managed):
    write(managed, "without")
    follower = Follower(managed, "/trials/1/logs?follow=true&rankIds=-1&rankIds=0")
    write(managed, "without again")
    managed.post("/experiments/1/kill")
    assert texts(follower.ended()) == ["first", "without", "without again"]


def test_in_descending_order_each_fetch_begins_beyond_the_last_line_sent(managed):
    write(managed, "second", "third")
    managed.post("/experiments/1/kill")
    follower = Follower(managed, "/trials/1/logs?follow=true&orderBy=ORDER_BY_DESC")
    assert texts(follower.ended()) == ["third", "second", "first", "third", "second", "third"]


def test_the_task_of_a_detached_trial_never_ends_so_its_followers_wait_until_the_world_closes(detached):
    trial = detached.trial()
    write(detached, "first")
    detached.patch(trial, "COMPLETED")
    follower = Follower(detached, f"/trials/{trial}/logs?follow=true")
    write(detached, "second")
    assert follower.is_alive()
    detached.world.close()
    assert texts(follower.ended()) == ["first", "second"]


@pytest.mark.parametrize("path", ["/trials/1/logs", "/trials/1/logs/fields", "/trials/1/profiler/available_series", "/master/logs"])
def test_a_follower_whose_client_has_left_ends_though_the_trial_goes_on(managed, path):
    follower = Follower(managed, f"{path}?follow=true")
    follower.left.set()
    write(managed, "second")
    assert follower.ended()[-1]["error"]["grpcCode"] == 1


def test_fields_are_told_once_more_when_the_trial_has_ended(managed):
    follower = Follower(managed, "/trials/1/logs/fields?follow=true")
    write(managed, "of rank 1", rankId=1)
    managed.post("/experiments/1/kill")
    assert [message["rankIds"] for message in follower.ended()] == [[0], [0, 1]]


def test_fields_are_told_every_five_virtual_seconds(managed):
    follower = Follower(managed, "/trials/1/logs/fields?follow=true")
    write(managed, "of rank 1", rankId=1)
    while len(follower.messages) < 3:
        managed.world.engine.advance(6)
    managed.post("/experiments/1/kill")
    assert [message["rankIds"] for message in follower.ended()][:3] == [[0], [0, 1], [0, 1]]


def test_logs_are_kept_for_the_days_that_the_trial_says(managed):
    write(managed, *map(str, range(600)))
    managed.call("PUT", "/trials/1/retain_logs", {"numDays": 2})
    managed.post("/experiments/1/kill")
    managed.world.engine.advance(47 * 3600)
    assert (managed.post("/cleanup_logs"), len(managed.lines("/trials/1/logs"))) == ({"removedCount": "0"}, 601)
    managed.world.engine.advance(3600)
    assert (managed.post("/cleanup_logs"), managed.lines("/trials/1/logs")) == ({"removedCount": "601"}, [])
