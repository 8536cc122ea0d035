"""Many small posts over TCP, from the ranks of several trials at once: none is lost, and none overtakes another of its rank."""
from __future__ import annotations

import http.client
import json
import threading
from itertools import groupby

import pytest

from fakedet.gateway.server import Server
from fakedet.gateway.worlds import Worlds

TRIALS, RANKS = 2, 2


class Rank(threading.Thread):
    """One process of a trial: reports metrics in a group of its own and logs, as fast as it is answered."""

    def __init__(self, client, port, trial, rank, posts):
        super().__init__(daemon=True)
        self.trial, self.rank, self.posts = trial, rank, posts
        self._connection, self._headers = http.client.HTTPConnection("127.0.0.1", port, timeout=60), client._headers
        self._task, self._client = client.show(trial)["taskId"], client
        self.statuses = []

    def run(self):
        for number in range(self.posts):
            path, body = self._client.reporting(self.trial, number, f"rank{self.rank}", value=number)
            self._post(path, body)
            self._post("/task/logs", {"logs": [{"taskId": self._task, "log": str(number), "rankId": self.rank}]})

    def _post(self, path, body):
        self._connection.request("POST", "/api/v1" + path, json.dumps(body), self._headers)
        reply = self._connection.getresponse()
        reply.read()
        self.statuses.append(reply.status)


@pytest.mark.parametrize("posts", [60, pytest.param(1_000, marks=pytest.mark.slow)])
def test_no_post_is_lost_or_reordered(detached, posts):
    trials = [detached.trial() for _ in range(TRIALS)]
    worlds = Worlds(detached.world)
    with Server(worlds) as server:
        ranks = [Rank(detached, server.port, trial, rank, posts) for trial in trials for rank in range(RANKS)]
        for rank in ranks:
            rank.start()
        for rank in ranks:
            rank.join(300)
    assert all(rank.statuses == [200] * 2 * posts for rank in ranks)
    for trial in trials:
        check_reports(detached, trial, posts)
        check_logs(detached, trial, posts)


def check_reports(client, trial, posts):
    for rank in range(RANKS):
        found = [report for line in client.lines("/trials/metrics/trial_metrics", trialIds=trial, group=f"rank{rank}") for report in line["metrics"]]
        assert [report["totalBatches"] for report in found] == list(range(posts))
        ids = [report["id"] for report in found]
        assert ids == sorted(ids)
        entry = client.show(trial)["summaryMetrics"][f"rank{rank}"]["value"]
        assert (entry["count"], entry["sum"], entry["max"], entry["last"]) == (posts, sum(range(posts)), posts - 1, posts - 1)


def check_logs(client, trial, posts):
    lines = client.lines(f"/trials/{trial}/logs")
    ids = [int(line["id"]) for line in lines]
    assert ids == sorted(set(ids)) and len(ids) == RANKS * posts
    of_ranks = groupby(sorted(lines, key=lambda line: line["rankId"]), key=lambda line: line["rankId"])
    assert {rank: [line["log"] for line in own] for rank, own in of_ranks} == {rank: list(map(str, range(posts))) for rank in range(RANKS)}
