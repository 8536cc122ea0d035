"""What a service knows of the request it answers: the world, the caller, the time."""
from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Callable, Mapping

from fakedet.domain.errors import Canceled

if TYPE_CHECKING:
    from fakedet.settings import Settings
    from fakedet.store import Database
    from fakedet.world import World


@dataclass
class Call:
    """One request under way.

    `user` is the caller's row of the users table and `token` the row of the token presented; both are empty for the few RPCs
    that need no sign-in. `reply_headers` is what the service wants sent beside the reply (cookies), `notices` what it says of
    differences from the real master. `has_left` tells whether the caller has gone away.
    """

    world: "World"
    user: Mapping[str, Any] = field(default_factory=dict)
    token: Mapping[str, Any] | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    reply_headers: list[tuple[str, str]] = field(default_factory=list)
    notices: list[str] = field(default_factory=list)
    has_left: Callable[[], bool] = lambda: False

    @property
    def db(self) -> "Database":
        """The tables of the world."""
        return self.world.db

    @property
    def settings(self) -> "Settings":
        """The settings of the world."""
        return self.world.settings

    @property
    def now(self) -> int:
        """The world's time in microseconds since the epoch; one request sees one time."""
        return self.world.now()

    @property
    def is_admin(self) -> bool:
        """Whether the caller is an administrator."""
        return bool(self.user.get("admin"))

    def wait(self, timeout: float = 1.0) -> None:
        """For streams: give the world away until something in it changes (or `timeout` real seconds pass). Ends the call if its caller has left."""
        self.world.wait_for_change(timeout)
        if self.has_left():
            raise Canceled("context canceled")
