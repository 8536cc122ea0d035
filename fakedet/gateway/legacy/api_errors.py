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
_TAKEN = 'pq: duplicate key value violates unique constraint "models_pkey"'


def _of_the_old_database(caller: Caller) -> bool:
    return caller.is_old and caller.oldest < (0, 18) and not caller.before(0, 14)


@translation("POST", "/api/v1/models/{name}", lambda caller: caller.before(0, 17, 3))
def name_taken(ask: Ask) -> HttpReply:
    """A name that is taken was the database's objection."""
    reply = ask.asked()
    return errors.unary_reply(Internal(f"error creating model {ask.parameters['name']} in database: {_TAKEN}")) if reply.status == 409 else reply


@translation("*", "/api/v1/{rest*}", _of_the_old_database)
def not_found(ask: Ask) -> HttpReply:
    """Most that was not found is an error of the query."""
    reply = ask.asked()
    if reply.status == 404 and not _LOOKED_UP.fullmatch(ask.request.path):
        return errors.unary_reply(Internal("error running query: not found"))
    return reply
