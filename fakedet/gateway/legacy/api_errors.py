"""What old masters called errors: up to 0.17.15 nearly everything that was not found was an internal error."""
from __future__ import annotations

import re

from fakedet.domain.errors import Internal
from fakedet.gateway import errors
from fakedet.gateway.http import HttpReply
from fakedet.gateway.legacy.asking import Ask, translation
from fakedet.gateway.legacy.caller import Caller

#: Where even they said 404.
_LOOKED_UP = re.compile(r"/api/v1/(trials/.*|experiments/[^/]*/checkpoints)")


def _of_the_old_database(caller: Caller) -> bool:
    return caller.is_old and caller.oldest < (0, 18)


@translation("*", "/api/v1/{rest*}", _of_the_old_database)
def not_found(ask: Ask) -> HttpReply:
    """Most that was not found is an error of the query."""
    reply = ask.asked()
    if reply.status == 404 and not _LOOKED_UP.fullmatch(ask.request.path):
        return errors.unary_reply(Internal("error running query: not found"))
    return reply
