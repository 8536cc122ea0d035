"""How usernames and display names are cleaned before they are stored, and which are refused (master: api_user.go)."""
from __future__ import annotations

import re

from fakedet.domain.errors import InvalidArgument

#: What Go's strings.TrimSpace takes off.
SPACE = "\t\n\v\f\r \x85\xa0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u2028\u2029\u202f\u205f\u3000"
#: The shortest username; display names may be blank.
SHORTEST_USERNAME = 2
_PRINTABLE = re.compile(r"[!-~\t\n\f\r ]*")


def cleaned(name: str, *, shortest: int, is_admin: bool, username: str) -> str:
    """`name` for the user who is called `username` now; the names of the two built-in users are kept for them."""
    clean = name.strip(SPACE)
    if not _PRINTABLE.fullmatch(clean):
        raise InvalidArgument("Display name and username cannot contain non-ASCII characters.")
    if len(clean) < shortest:
        raise InvalidArgument("Display name or username value has minimum length.")
    if clean.lower() == "admin" and not is_admin:
        raise InvalidArgument("Non-admin user cannot be renamed 'admin'")
    if clean.lower() == "determined" and username != "determined":
        raise InvalidArgument("User cannot be renamed 'determined'")
    return clean
