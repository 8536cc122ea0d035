"""Ports that nobody uses, so that the trainings of one machine do not meet."""
from __future__ import annotations

import contextlib
import socket
from typing import Iterable


def free(names: Iterable[str]) -> dict[str, str]:
    """A different free port for each name, as text."""
    with contextlib.ExitStack() as stack:
        sockets = {name: stack.enter_context(socket.socket()) for name in names}
        for one in sockets.values():
            one.bind(("127.0.0.1", 0))
        return {name: str(one.getsockname()[1]) for name, one in sockets.items()}
