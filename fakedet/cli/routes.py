"""`fakedet routes`: the coverage map, every RPC of the master with its route and whether fakedet serves it."""
from __future__ import annotations

import json
from itertools import groupby
from typing import Any, Iterator

import click


@click.command("routes")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.option("--missing", is_flag=True, help="Only those that fakedet refuses.")
@click.option("--table", is_flag=True, help="Print how many are served of each kind of resource, in Markdown.")
def command(as_json: bool, missing: bool, table: bool) -> None:
    """List every RPC of the master and whether fakedet serves it."""
    from fakedet.services.registry import served_rpcs
    from fakedet.spec import rpcs

    served = served_rpcs()
    rows = [{"rpc": rpc.name, "method": rpc.method, "path": rpc.path, "served": rpc.name in served} for rpc in rpcs()]
    shown = [row for row in rows if not (missing and row["served"])]
    if as_json:
        click.echo(json.dumps(shown, indent=1))
        return
    for line in _table(shown) if table else _list(shown):
        click.echo(line)
    if not table:
        click.echo(f"{sum(bool(row['served']) for row in rows)} of {len(rows)} RPCs served")


def _list(rows: list[dict[str, Any]]) -> Iterator[str]:
    for row in rows:
        yield f"{'yes' if row['served'] else 'no ':<4}{row['method']:<7}{row['path']:<75}{row['rpc']}"


def _table(rows: list[dict[str, Any]]) -> Iterator[str]:
    yield "| /api/v1/ | RPCs | served | refused (501) |"
    yield "|---|---|---|---|"
    for resource, of_resource in groupby(sorted(rows, key=_resource), key=_resource):
        listed = list(of_resource)
        refused = [row["rpc"] for row in listed if not row["served"]]
        yield f"| {resource} | {len(listed)} | {len(listed) - len(refused)} | {', '.join(refused)} |"


def _resource(row: dict[str, Any]) -> str:
    """What follows /api/v1/ in the route: `experiments`, `me`."""
    name: str = row["path"].split("/")[3]
    return name.partition(":")[0]
