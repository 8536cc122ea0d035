"""`fakedet replay`: golden recordings against worlds of this process or a master elsewhere, with the score of each family."""
from __future__ import annotations

import collections
import json
import urllib.request
from pathlib import Path
from typing import Any

import click

from fakedet.contract import golden
from fakedet.contract.comparing import Difference
from fakedet.contract.golden import Send
from fakedet.settings import BadSetting, Settings


@click.command("replay")
@click.argument("paths", nargs=-1, required=True, type=click.Path(exists=True, path_type=Path))
@click.option("--worlds", help="POST this URL (…/__fakedet/worlds) for a fresh world per recording; default: worlds of this process.")
@click.option("--show", default=3, show_default=True, help="Differing steps shown of each recording.")
@click.option("--only", default="", help="Only recordings whose name contains this.")
def command(paths: tuple[Path, ...], worlds: str | None, show: int, only: str) -> None:
    """Replay the recordings in PATHS (files or folders) and print the score of each family."""
    scores: dict[str, list[int]] = collections.defaultdict(lambda: [0, 0, 0, 0])
    for path in paths:
        for name, recording in golden.load(path).items():
            if only in name:
                _count(scores[name.split("/")[0]], name, _tried(recording, worlds), show)
    _print_scores(scores)
    raise SystemExit(any(score[0] < score[1] for score in scores.values()))


def _tried(recording: dict[str, Any], worlds: str | None) -> list[golden.StepResult]:
    """The results; where the settings that the recording needs are not there, that is what differs at every step."""
    try:
        return _results(recording, worlds)
    except BadSetting as missing:
        why = [Difference("settings", golden.needed_settings(recording), str(missing))]
        return [golden.StepResult(number, step["path"], why) for number, step in enumerate(recording["steps"], 1)]


def _results(recording: dict[str, Any], worlds: str | None) -> list[golden.StepResult]:
    settings = golden.needed_settings(recording)
    if worlds:
        return golden.replay(recording, _fresh_elsewhere(worlds, settings))
    from fakedet.contract.sending import to_world
    from fakedet.world import World

    world = World(Settings.build(settings))
    try:
        return golden.replay(recording, to_world(world), patience=golden.instant_patience(recording))
    finally:
        world.close()


def _fresh_elsewhere(worlds: str, settings: dict[str, Any]) -> Send:
    from fakedet.contract.sending import to_url

    request = urllib.request.Request(worlds, data=json.dumps(settings).encode(), method="POST")
    with urllib.request.urlopen(request) as reply:
        return to_url(json.load(reply)["url"])


def _count(score: list[int], name: str, results: list[golden.StepResult], show: int) -> None:
    bad = [result for result in results if result.differences]
    score[0] += not bad
    score[1] += 1
    score[2] += len(results) - len(bad)
    score[3] += len(results)
    if bad:
        click.echo(f"{name}: {len(bad)} of {len(results)} steps differ")
        for result in bad[:show]:
            click.echo(f"  {result}")


def _print_scores(scores: dict[str, list[int]]) -> None:
    total = [sum(column) for column in zip(*scores.values())] or [0, 0, 0, 0]
    for family, (whole, all_, equal, steps) in [*sorted(scores.items()), ("all", total)]:
        click.echo(f"{family:<14} {whole:>4} of {all_:>4} recordings whole, {equal:>5} of {steps:>5} steps equal")
