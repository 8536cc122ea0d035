"""The four kinds of commands and what tells them apart."""
from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Kind:
    """`name` is what requests and replies call one, `task_type` what the database does, `title` how its description begins."""

    name: str
    task_type: str
    title: str
    entrypoint: tuple[str, ...]
    without_slots: bool = False

    @property
    def rpc_name(self) -> str:
        """As in the names of RPCs."""
        return self.name.capitalize()

    @property
    def plural(self) -> str:
        """As in the replies of lists."""
        return f"{self.name}s"


COMMAND = Kind("command", "COMMAND", "Command", ("/run/determined/command-entrypoint.sh",))
NOTEBOOK = Kind("notebook", "NOTEBOOK", "JupyterLab", ("/run/determined/jupyter/notebook-entrypoint.sh",))
SHELL = Kind("shell", "SHELL", "Shell", (
    "/run/determined/ssh/shell-entrypoint.sh", "-f", "/run/determined/ssh/sshd_config", "-p", "3373", "-D", "-e"))
TENSORBOARD = Kind("tensorboard", "TENSORBOARD", "TensorBoard", ("/run/determined/tensorboard/tensorboard-entrypoint.sh",), without_slots=True)
KINDS = (COMMAND, NOTEBOOK, SHELL, TENSORBOARD)
