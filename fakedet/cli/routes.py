"""`fakedet routes`: the coverage map, every RPC of the master with its route and whether fakedet serves it."""
from __future__ import annotations

import json

import click


@click.command("routes")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.option("--missing", is_flag=True, help="Only those that fakedet refuses.")
def command(as_json: bool, missing: bool) -> None:
    """List every RPC of the master and whether fakedet serves it."""
    from fakedet.services.registry import all_services
    from fakedet.spec import rpcs

    served = all_services()
    rows = [{"rpc": rpc.name, "method": rpc.method, "path": rpc.path, "served": rpc.name in served} for rpc in rpcs()]
    shown = [row for row in rows if not (missing and row["served"])]
    if as_json:
        click.echo(json.dumps(shown, indent=1))
        return
    for row in shown:
        click.echo(f"{'yes' if row['served'] else 'no ':<4}{row['method']:<7}{row['path']:<75}{row['rpc']}")
    click.echo(f"{sum(bool(row['served']) for row in rows)} of {len(rows)} RPCs served")
