"""The time of a world, in microseconds since the epoch. Nothing else in fakedet asks the machine for the time.

A ManualClock stands still but for one tick a request and what tests advance it by; a ScaledClock follows the machine's clock,
sped up by a factor. Both never show the same time to two requests, so that orders by time are well defined.
"""
from __future__ import annotations

import time

SECOND = 1_000_000
#: Where virtual time begins: 2026-01-05 09:00:00 UTC.
BEGINNING = 1_767_603_600 * SECOND
#: How far a ManualClock moves for each request.
TICK = 1_000


class ManualClock:
    """Stands still until told otherwise."""

    def __init__(self, start: int = BEGINNING):
        self._now = start

    def now(self) -> int:
        """Microseconds since the epoch."""
        return self._now

    def tick(self) -> None:
        """A request begins: time moves on by a thousandth of a second."""
        self._now += TICK

    def move_to(self, instant: int) -> None:
        """Jump forward to `instant`; never backward."""
        self._now = max(self._now, instant)

    def advance(self, seconds: float) -> None:
        """Move forward by `seconds`."""
        if seconds < 0:
            raise ValueError(f"The clock cannot go back: advance({seconds}).")
        self._now += round(seconds * SECOND)

    def real_seconds_until(self, instant: int) -> float | None:
        """How long to wait for `instant`: None, since this clock does not move by itself."""
        return None


class ScaledClock(ManualClock):
    """Follows the machine's clock, `factor` times as fast, from `start` on (default: the present)."""

    def __init__(self, factor: float = 1.0, start: int | None = None):
        self._origin = time.monotonic()
        super().__init__(start if start is not None else time.time_ns() // 1000)
        self._start, self._factor = self._now, factor

    def tick(self) -> None:
        """A request begins: the machine's time counts, but at least a microsecond passes."""
        self._now = max(self._now + 1, self._flowing())

    def advance(self, seconds: float) -> None:
        """Move forward by `seconds`, and flow on from there."""
        super().advance(seconds)
        self._start += round(seconds * SECOND)

    def now(self) -> int:
        """Microseconds since the epoch."""
        self._now = max(self._now, self._flowing())
        return self._now

    def move_to(self, instant: int) -> None:
        """Jump forward to `instant` and flow on from there."""
        ahead = instant - self.now()
        if ahead > 0:
            self.advance(ahead / SECOND)

    def real_seconds_until(self, instant: int) -> float | None:
        """Real seconds to wait until the clock shows `instant`."""
        return max(0.0, (instant - self.now()) / SECOND / self._factor)

    def _flowing(self) -> int:
        return self._start + round((time.monotonic() - self._origin) * SECOND * self._factor)


def clock_for(speed: str) -> ManualClock:
    """The clock that the setting `speed` asks for."""
    if speed == "instant":
        return ManualClock()
    return ScaledClock(1.0 if speed == "real" else float(speed))
