"""Passwords: the client's salted hash, and what is stored of it (master: internal/user, model/user.go)."""
from __future__ import annotations

import hashlib
import hmac
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from fakedet.world import World

#: The salt that every client puts before the password.
CLIENT_SALT = "GubPEmmotfiK9TMD6Zdw"
#: The master stores a hash of at most this many bytes of the client's hash.
COUNTED_BYTES = 72
#: Kept in place of a digest for users who do not sign in by password: nothing matches it.
NOT_BY_PASSWORD = ""


def client_hash(password: str) -> str:
    """What a client sends for `password`: 128 hexadecimal digits, or nothing for a blank one."""
    return hashlib.sha512((CLIENT_SALT + password).encode()).hexdigest() if password else ""


def new(world: "World", password: str, *, hashed: bool) -> str | None:
    """What is kept of a password that is being set."""
    return stored(password, hashed=hashed, salt=world.ids.secret()[:16])


def stored(password: str, *, hashed: bool, salt: str) -> str | None:
    """What the users table keeps: None for a blank password, else `salt$digest`."""
    sent = password if hashed else client_hash(password)
    return None if not sent else f"{salt}${_digest(sent, salt)}"


def matches(kept: str | None, password: str, *, hashed: bool) -> bool:
    """Whether `password` is the one that `kept` was made of; compared in constant time."""
    sent = password if hashed else client_hash(password)
    if not sent:
        return kept is None
    if not kept:
        return False
    salt, _, digest = kept.partition("$")
    return hmac.compare_digest(digest, _digest(sent, salt))


def _digest(sent: str, salt: str) -> str:
    counted = sent.encode("utf-8", "surrogatepass")[:COUNTED_BYTES]
    return hashlib.scrypt(counted, salt=salt.encode(), n=1024, r=8, p=1).hex()
