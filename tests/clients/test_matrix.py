"""Real clients of all ages do with fakedet what pipelines do with a cluster: each operation that a release has goes well."""
from __future__ import annotations

import os
from pathlib import Path

import pytest

from fakedet.contract import matrix
from fakedet.contract.era_play import Clients

OLD_CLIENTS = Path(os.environ.get("OLD_CLIENTS", Path(__file__).parents[2] / ".clients"))
RELEASES = ("0.12.2", "0.12.3", "0.12.13", "0.13.13", "0.14.5", "0.15.6", "0.17.15", "0.18.4", "0.19.10", "0.21.2", "0.23.4", "0.26.2",
            "0.30.0", "0.34.0", "0.38.1")


@pytest.mark.clients
@pytest.mark.parametrize("release", RELEASES)
def test_every_operation_of_a_client_goes_well(release: str) -> None:
    clients = Clients.in_folder(OLD_CLIENTS)
    if not clients.has(release):
        pytest.skip(f"no client {release} in {OLD_CLIENTS}: run .ci/clients, or set OLD_CLIENTS")
    wrong = {name: text for name, text in matrix.walk(release, clients).items() if text != "yes"}
    assert not wrong


def test_the_table_has_a_dash_where_a_release_lacks_an_operation() -> None:
    results = {"1": {"list": "yes"}, "2": {"list": "yes", "download": "AssertionError"}}
    assert matrix.table(results).splitlines()[2:] == ["| 1 | yes | – |", "| 2 | yes | no |"]
