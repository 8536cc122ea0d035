"""Tokens: handing them out and telling whose they are.

A token's text holds its row id and a secret of which only a digest is stored; both are compared in constant time. Sign-in
sessions and access tokens share the table and its ids, as in the master (master: internal/user, internal/token).
"""
from __future__ import annotations

import hashlib
import hmac
from email.utils import formatdate
from typing import TYPE_CHECKING, Any, Mapping

from fakedet.domain.errors import Unauthenticated

if TYPE_CHECKING:
    from fakedet.store import Database
    from fakedet.store.table import IndexedTable
    from fakedet.world import World

PREFIX = "v2.public."
DAY = 24 * 3600 * 1_000_000
SESSION_LIFETIME = 7 * DAY
SESSION, ACCESS_TOKEN = "USER_SESSION", "ACCESS_TOKEN"
Row = Mapping[str, Any]


class NotValid(Unauthenticated):
    """Credentials that say nothing: no token of this master, or one that has expired."""

    def __init__(self) -> None:
        super().__init__("invalid credentials")


class Ended(NotValid):
    """The token of a session that was ended: the master had signed it and no longer finds it."""


def start(world: "World", user: Row) -> tuple[Row, str]:
    """The user signs in: a new session and its text."""
    world.db.users.change(user["id"], last_auth_at=world.now())
    return issue(world, user["id"])


def issue(world: "World", user_id: int, *, kind: str = SESSION, lifetime: int = SESSION_LIFETIME,
          description: str | None = None) -> tuple[Row, str]:
    """A new token of the user, valid for `lifetime` microseconds: its row and its text."""
    secret, now = world.ids.secret(), world.now()
    number = world.db.tokens.insert({"user_id": user_id, "token_type": kind, "digest": digest(secret), "created_at": now,
                                     "expiry": now + lifetime, "revoked_at": None, "ended_at": None, "description": description})
    return world.db.tokens.row(number), text_of(number, secret)


def holder(db: "Database", text: str, now: int) -> tuple[Row, Row]:
    """The user that the token `text` speaks for and the token's row; raises Unauthenticated."""
    token = find(db.tokens, text)
    if token is None:
        raise NotValid
    if token["ended_at"] is not None:
        raise Ended
    user = db.users.row(token["user_id"])
    if token["expiry"] <= now:
        raise Unauthenticated("remote user token expired") if user["remote"] else NotValid()
    if token["revoked_at"] is not None:
        raise Unauthenticated("user access token revoked")
    return user, token


def find(table: "IndexedTable", text: str) -> Row | None:
    """The row of the token `text`; expired, ended and revoked ones too."""
    number, _, secret = text.removeprefix(PREFIX).partition(".")
    row = table.row(int(number)) if text.startswith(PREFIX) and number.isascii() and number.isdigit() else None
    return row if row is not None and hmac.compare_digest(row["digest"], digest(secret)) else None


def end(world: "World", token: Row) -> None:
    """A sign-out: the session is gone. Its row stays, to tell its token from a forged one."""
    world.db.tokens.change(token["id"], ended_at=world.now())


def end_all(world: "World", user_id: int) -> None:
    """End every session of a user; access tokens stay."""
    for token in world.db.tokens.rows(user_id=user_id):
        if token["token_type"] == SESSION and token["ended_at"] is None:
            end(world, token)


def revoke_access_tokens(world: "World", user_id: int) -> None:
    """Revoke every access token of a user, those that are revoked already once more."""
    for token in world.db.tokens.rows(user_id=user_id):
        if token["token_type"] == ACCESS_TOKEN:
            world.db.tokens.change(token["id"], revoked_at=world.now())


def text_of(number: int, secret: str) -> str:
    """What a client sends as its token."""
    return f"{PREFIX}{number}.{secret}"


def digest(secret: str) -> str:
    """What is stored of a token's secret."""
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).hexdigest()


def cookie(text: str, expiry: int) -> str:
    """The cookie that a sign-in sets."""
    return f"auth={text}; Path=/; Expires={formatdate(expiry / 1_000_000, usegmt=True)}"
