"""`fakedet gc preview`: which checkpoints a policy would delete, and by which rule the others stay."""
from __future__ import annotations

import json
import urllib.error
import urllib.parse
import urllib.request
from pathlib import Path
from typing import Any, Mapping

import click

from fakedet.services.checkpoints.explaining import as_table, explain
from fakedet.settings import CHOICES

#: The file that every data folder has.
STATE = "state.jsonl"


@click.group("gc")
def command() -> None:
    """Show which checkpoints a policy would delete, and why."""


@command.command("preview")
@click.argument("experiment", type=int)
@click.option("--master", help="URL of a running fakedet.", metavar="URL")
@click.option("--data", type=click.Path(exists=True, file_okay=False, path_type=Path),
              help="Folder of a fakedet that is not running.")
@click.option("--save-experiment-best", type=int, help="Default: the experiment's own policy.")
@click.option("--save-trial-best", type=int, help="Likewise.")
@click.option("--save-trial-latest", type=int, help="Likewise.")
@click.option("--semantics", type=click.Choice(CHOICES["semantics"]), help="Default: those of the master.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON, for programs.")
def preview(experiment: int, master: str | None, data: Path | None, as_json: bool, **asked: Any) -> None:
    """Tell for each checkpoint of EXPERIMENT what a policy would do to it. Nothing is deleted."""
    if (master is None) == (data is None):
        raise click.UsageError("Give either --master URL or --data DIR.")
    given = {name: value for name, value in asked.items() if value is not None}
    answer = _of_folder(data, experiment, given) if data else _of_master(str(master), experiment, given)
    click.echo(json.dumps(answer) if as_json else as_table(answer))


def _of_master(url: str, experiment: int, given: Mapping[str, Any]) -> Any:
    query = urllib.parse.urlencode({"experiment": experiment, **given})
    try:
        with urllib.request.urlopen(f"{url.rstrip('/')}/__fakedet/gc-preview?{query}", timeout=60) as reply:
            return json.load(reply)
    except urllib.error.HTTPError as error:
        raise click.ClickException(_told(error)) from None
    except (OSError, ValueError) as error:
        raise click.ClickException(f"No fakedet answers at {url}: {error}") from None


def _told(error: urllib.error.HTTPError) -> str:
    """What the master said; a real one does not know the route."""
    try:
        text: str = json.load(error)["message"]
    except (ValueError, KeyError, TypeError):
        return f"{error.url} answered {error.code}; is it a fakedet?"
    return text


def _of_folder(folder: Path, experiment: int, given: Mapping[str, Any]) -> Any:
    from fakedet.domain.errors import MasterError
    from fakedet.store.errors import StoreError
    from fakedet.world import World

    if not (folder / STATE).exists():
        raise click.ClickException(f"{folder} holds no data of fakedet.")
    try:
        world = World(directory=folder)
    except StoreError as error:
        raise click.ClickException(str(error)) from None
    try:
        return explain(world, experiment, **given)
    except MasterError as error:
        raise click.ClickException(error.message) from None
    finally:
        world.close()
