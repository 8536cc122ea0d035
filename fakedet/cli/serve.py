"""`fakedet serve`: a master on a port, until it is told to stop."""
from __future__ import annotations

import json
import os
import signal
import sys
import threading
from pathlib import Path
from typing import Any

import click

from fakedet.settings import CHOICES, BadSetting, Settings


@click.command("serve")
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option("--port", default=8080, show_default=True, type=click.IntRange(0, 65535), help="Port; 0 picks a free one.")
@click.option("--data", type=click.Path(file_okay=False, path_type=Path), help="Folder that keeps everything over restarts.")
@click.option("--agents", default=1, show_default=True, help="Connected agents.")
@click.option("--slots", default=1, show_default=True, help="Slots of each agent.")
@click.option("--trials", default="synthetic", show_default=True, type=click.Choice(CHOICES["trials"]), help="Who trains.")
@click.option("--speed", default="60", show_default=True, help="instant, real, or virtual seconds per second.")
@click.option("--semantics", default="documented", show_default=True, type=click.Choice(CHOICES["semantics"]))
@click.option("--storage", default="shared_fs", show_default=True, type=click.Choice(CHOICES["storage"]), help="Where checkpoints go by default.")
@click.option("--storage-path", default="", help="Folder of the checkpoints (default: in --data, else a temporary one).")
@click.option("--client", default="", metavar="RELEASE", help="Release of the clients, where requests do not tell it (default: 0.38.1).")
@click.option("--scheduler", default="priority", show_default=True, type=click.Choice(CHOICES["scheduler"]), help="Who gets slots first.")
@click.option("--webhook-signing-key", default="fakedet", show_default=True, help="With which webhooks are signed.")
@click.option("--seed", type=int, help="Seed of ids and synthetic trials (default: a new one each start).")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON line when ready, for programs.")
def command(host: str, port: int, data: Path | None, seed: int | None, as_json: bool, **settings: Any) -> None:
    """Run a master for `det`, the SDK and browsers."""
    chosen = {**settings, "seed": seed if seed is not None else int.from_bytes(os.urandom(4), "big")}
    try:
        _serve(host, port, data, Settings.build(chosen), as_json)
    except BadSetting as error:
        raise click.UsageError(str(error)) from None


def _serve(host: str, port: int, data: Path | None, settings: Settings, as_json: bool) -> None:
    from fakedet.gateway.server import PortTaken, Server
    from fakedet.gateway.worlds import Worlds

    stopped = threading.Event()
    for name in (signal.SIGINT, signal.SIGTERM):
        signal.signal(name, lambda *_: stopped.set())
    worlds = Worlds(_opened(settings, data))
    try:
        with Server(worlds, host, port, eager=True) as server:
            _announce(server.url, settings, data, as_json)
            while not stopped.wait(1.0):
                pass
    except PortTaken as error:
        raise click.ClickException(str(error)) from None
    finally:
        worlds.close()


def _opened(settings: Settings, data: Path | None) -> Any:
    from fakedet.storage.base import StorageError
    from fakedet.store.errors import StoreError
    from fakedet.world import World

    try:
        world = World(settings, directory=data)
        world.storages.s3.resume()
    except (StoreError, StorageError) as error:
        raise click.ClickException(str(error)) from None
    open_tasks = world.db.tasks.tally(type="CHECKPOINT_GC", end_time=None)
    if settings.trials == "local" or world.db.timers.tally() or world.db.deadlines.tally() or open_tasks:
        world.engine.settle()  # trials or deletions were under way when the master stopped
        world.engine.collect_garbage()
    for notice in world.db.notices:
        click.echo(f"fakedet: {notice}", err=True)
    return world


def _announce(url: str, settings: Settings, data: Path | None, as_json: bool) -> None:
    if as_json:
        click.echo(json.dumps({"event": "ready", "url": url, "pid": os.getpid(), "api": "0.38.1"}))
    else:
        kept = f"data in {data}" if data else "data in memory"
        click.echo(f"fakedet serves Determined 0.38.1 on {url} ({settings.trials} trials, {kept}). Stop it with Ctrl-C.")
        click.echo(f"  export DET_MASTER={url}")
    sys.stdout.flush()
