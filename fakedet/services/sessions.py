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
    from fakedet.world import World

PREFIX = "v2.public."
DAY = 24 * 3600 * 1_000_000
SESSION_LIFETIME = 7 * DAY
Row = Mapping[str, Any]


def issue(world: "World", user_id: int, *, kind: str = "USER_SESSION", lifetime: int = SESSION_LIFETIME,
          description: str | None = None) -> tuple[Row, str]:
    """A new token of the user, valid for `lifetime` microseconds: its row and its text."""
    secret, now = world.ids.secret(), world.now()
    number = world.db.tokens.insert({"user_id": user_id, "token_type": kind, "digest": digest(secret), "created_at": now,
                                     "expiry": now + lifetime, "revoked_at": None, "description": description})
    return world.db.tokens.row(number), f"{PREFIX}{number}.{secret}"


def holder(db: "Database", text: str, now: int) -> tuple[Row, Row]:
    """The user that the token `text` speaks for and the token's row; raises Unauthenticated."""
    token = find(db, text)
    if token is None or token["expiry"] <= now:
        raise Unauthenticated("invalid credentials")
    if token["revoked_at"] is not None:
        raise Unauthenticated("user access token revoked")
    user = db.users.row(token["user_id"])
    if user is None:
        raise Unauthenticated("invalid credentials")
    return user, token


def find(db: "Database", text: str) -> Row | None:
    """The row of the token `text`, expired and revoked ones too."""
    number, _, secret = text.removeprefix(PREFIX).partition(".")
    row = db.tokens.row(int(number)) if text.startswith(PREFIX) and number.isascii() and number.isdigit() else None
    return row if row is not None and hmac.compare_digest(row["digest"], digest(secret)) else None


def digest(secret: str) -> str:
    """What is stored of a token's secret."""
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).hexdigest()


def cookie(text: str, expiry: int) -> str:
    """The cookie that a sign-in sets."""
    return f"auth={text}; Path=/; Expires={formatdate(expiry / 1_000_000, usegmt=True)}"
