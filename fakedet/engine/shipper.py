"""Sends what waits for webhooks, oldest first, on a thread of its own: nobody is kept waiting by the other side.

An event that nobody answers, or that is answered with a server error, is tried three times (master: webhooks/shipper.go).
"""
from __future__ import annotations

import logging
import threading
from typing import TYPE_CHECKING, Any, Mapping, Sequence

from fakedet.services.webhooks import posting

if TYPE_CHECKING:
    from fakedet.store.state import Change
    from fakedet.world import World

log = logging.getLogger("fakedet.webhooks")
ATTEMPTS = 3
SECOND = 1_000_000
Row = Mapping[str, Any]


class Shipper:
    """The sender of one world; it has a thread while there is something to send."""

    def __init__(self, world: "World"):
        self._world = world
        self._thread: threading.Thread | None = None
        self.queue = world.db.webhook_events
        world.db.follow(self._notice)

    def _notice(self, changes: Sequence["Change"]) -> None:
        """A commit has put something into the queue."""
        if any(change.table == "webhook_events" and change.new is not None for change in changes):
            self.wake()

    def wake(self) -> None:
        """Begin to send what is in the queue, unless that is under way."""
        if self._thread is None:
            self._thread = threading.Thread(target=self._ship, daemon=True, name=f"fakedet-webhooks-{self._world.name}")
            self._thread.start()

    def _ship(self) -> None:
        while (event := self._next()) is not None:
            self._deliver(event)

    def _next(self) -> Row | None:
        """Take the oldest event out of the queue; None ends the thread."""
        world = self._world
        with world.lock:
            event: Row | None = None if world.closed else next(iter(self.queue.rows()), None)
            if event is None:
                self._thread = None
            else:
                self.queue.delete(event["id"])
            return event

    def _deliver(self, event: Row) -> None:
        key = self._world.settings.webhook_signing_key
        for _ in range(ATTEMPTS):
            headers = posting.signed(event["payload"], seconds=self._world.now() // SECOND, key=key)
            try:
                status = posting.post(event["url"], event["payload"], headers)
                reason = f"it answered {status}"
            except posting.NotReached as error:
                status, reason = 500, str(error)
            if status < 500:
                break
        if status >= 400:
            log.error("a webhook was not delivered to %s: %s", event["url"], reason)
