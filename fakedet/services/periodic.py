"""Streams that send a line at once and then one each period, until what they are about has ended."""
from __future__ import annotations

from typing import Any, Callable, Iterator

from fakedet.services.call import Call

SECOND = 1_000_000
Line = dict[str, Any]


def periodically(call: Call, seconds: int, make: Callable[[], Line], has_ended: Callable[[], bool]) -> Iterator[Line]:
    """What `make` gives, again and again; the last line tells what was there at the end, and does not wait for the period."""
    while True:
        ended = call.world.closed or has_ended()
        yield make()
        if ended:
            return
        due = call.now + seconds * SECOND
        while not call.world.closed and not has_ended():
            call.wait()  # at least once, whatever the period: nobody is flooded
            if call.now >= due:
                break
