"""The `fakedet` command: one file per command, each imported when it is run."""
from __future__ import annotations

import importlib
from typing import Any

import click

from fakedet import __version__

COMMANDS = {
    "serve": "Run a master for `det`, the SDK and browsers.",
    "replay": "Replay golden recordings and print the score of each family.",
    "routes": "List every RPC of the master and whether fakedet serves it.",
    "gc": "Show which checkpoints a policy would delete, and why.",
}


class _Commands(click.Group):
    """Finds a command in the module of its name."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        command: Any = importlib.import_module(f"fakedet.cli.{cmd_name}").command
        return command


@click.command(cls=_Commands, context_settings={"auto_envvar_prefix": "FAKEDET", "help_option_names": ["-h", "--help"]})
@click.version_option(__version__, message="fakedet %(version)s (Determined 0.38.1)")
def main() -> None:
    """A local emulator and test double of the Determined AI master."""
