"""A call of the real SDK answered in this process, against the same call answered by a canned `responses` stub, and over TCP."""
from __future__ import annotations

import sys
from typing import Any, Callable

import requests
import responses

from benchmarks.side_by_side import medians, report
from fakedet.gateway.server import Server
from fakedet.gateway.worlds import PREFIX
from fakedet.testing.cluster import FakeCluster
from fakedet.testing.process import Hub

STUB = "http://stub.invalid:80"


def main(rounds: int = 40) -> None:
    """Print the milliseconds per call and the ratios."""
    with Hub() as hub, hub.cluster({}) as cluster:
        cluster.experiment(trials=1, validations=3)
        with Server(hub.worlds) as server:
            calls = {"get experiment": lambda client: client.get_experiment(1), "list checkpoints": _checkpoints}
            for name, call in calls.items():
                found = medians(_ways(cluster, server, call), rounds=rounds, calls=5)
                report(f"{name} by the SDK", found, "responses stub")


def _checkpoints(client: Any) -> Any:
    return client.get_experiment(1).list_checkpoints()


def _ways(cluster: FakeCluster, server: Server, call: Callable[[Any], Any]) -> dict[str, Callable[[], object]]:
    from determined import experimental

    over_tcp = experimental.Determined(master=server.url + PREFIX + cluster.world.name, user="determined", password="")
    answers = _recorded(cluster, call)

    def stubbed() -> None:
        with responses.RequestsMock(assert_all_requests_are_fired=False) as mock:
            for method, url, status, body in answers:
                mock.add(method, url, status=status, body=body, content_type="application/json")
            client = experimental.Determined.__new__(experimental.Determined)
            client._session = stub_session
            call(client)

    stub_session = _session_to(STUB, cluster)
    return {"responses stub": stubbed, "fakedet in process": lambda: call(cluster.client), "fakedet over TCP": lambda: call(over_tcp)}


def _recorded(cluster: FakeCluster, call: Callable[[Any], Any]) -> list[tuple[str, str, int, bytes]]:
    """What the master answers to the requests of one call."""
    cluster.calls.clear()
    call(cluster.client)
    answers = []
    for exchange in list(cluster.calls):
        reply = requests.request(exchange.method, cluster.url + exchange.target,
                                 headers={"Authorization": "Bearer " + cluster.client._session.token})
        answers.append((exchange.method, STUB + exchange.target.split("?")[0], reply.status_code, reply.content))
    return answers


def _session_to(url: str, cluster: FakeCluster) -> Any:
    from determined.common import api

    return api.Session(url, "determined", cluster.client._session.token, None)


if __name__ == "__main__":
    main(*(int(argument) for argument in sys.argv[1:]))
