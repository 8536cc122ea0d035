"""`fakedet routes`: what fakedet serves, and that it says the truth."""
from __future__ import annotations

import json
from typing import Any

import pytest
import requests
from click.testing import CliRunner

from fakedet.cli.routes import command

#: what the master would take, where it asks for something
GOOD_REQUEST = {"config": "entrypoint: [echo, hello]"}


def rows(*arguments: str) -> list[dict[str, Any]]:
    return json.loads(CliRunner().invoke(command, ["--json", *arguments], catch_exceptions=False).stdout)


def test_all_rpcs_of_the_master_are_listed() -> None:
    assert len(rows()) == 260


def test_what_is_missing_is_listed_alone() -> None:
    missing = rows("--missing")
    assert missing == [row for row in rows() if not row["served"]]


@pytest.mark.parametrize("row", rows("--missing"), ids=lambda row: row["rpc"])
def test_what_is_missing_is_refused_by_name(fake_determined: Any, row: dict[str, Any]) -> None:
    token = fake_determined.client._session.token
    reply = requests.request(row["method"], fake_determined.url + row["path"], json=GOOD_REQUEST, headers={"Authorization": f"Bearer {token}"})
    assert (reply.status_code, reply.json()["error"]["code"]) == (501, 12)


def test_the_table_sums_up_to_all_of_them() -> None:
    lines = CliRunner().invoke(command, ["--table"]).stdout.splitlines()[2:]
    cells = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]
    assert sum(int(total) for _, total, _, _ in cells) == 260
    assert sum(int(served) for _, _, served, _ in cells) == sum(row["served"] for row in rows())
