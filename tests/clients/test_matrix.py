"""Real clients of all ages do with fakedet what pipelines do with a cluster: each operation that a release has goes well."""
from __future__ import annotations

import os
from pathlib import Path

import pytest

from fakedet.contract import matrix
from fakedet.contract.era_play import Clients

ROOT = Path(__file__).parents[2]
OLD_CLIENTS = Path(os.environ.get("OLD_CLIENTS", ROOT / ".clients"))
README = (ROOT / "README.md").read_text(encoding="utf-8")
RELEASES = ("0.12.2", "0.12.3", "0.12.13", "0.13.13", "0.14.5", "0.15.6", "0.17.15", "0.18.4", "0.19.10", "0.21.2", "0.23.4", "0.26.2",
            "0.30.0", "0.34.0", "0.38.1")


@pytest.mark.clients
@pytest.mark.parametrize("release", RELEASES)
def test_every_operation_of_a_client_goes_well(release: str) -> None:
    clients = Clients.in_folder(OLD_CLIENTS)
    if not clients.has(release):
        pytest.skip(f"no client {release} in {OLD_CLIENTS}: run .ci/clients, or set OLD_CLIENTS")
    results = matrix.walk(release, clients)
    assert not matrix.wrong(results)
    if matrix.HAS_TORCH:
        assert matrix.row(release, results) in README


def test_the_readme_has_a_row_for_every_release() -> None:
    shown = README.partition(f"<!-- {matrix.COMMAND} -->\n")[2].partition("<!-- end -->")[0]
    assert [line.split("|")[1].strip() for line in shown.splitlines()[2:]] == list(RELEASES)
    assert "no" not in {cell.strip() for line in shown.splitlines() for cell in line.split("|")}


def test_the_table_tells_what_goes_well_what_does_not_and_what_a_release_lacks() -> None:
    results = {"1": {"list": "yes", "download": "–"}, "2": {"list": "yes", "download": "AssertionError"}}
    assert matrix.table(results).splitlines()[2:] == ["| 1 | yes | – |", "| 2 | yes | no |"]
