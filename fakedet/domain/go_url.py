"""What Go takes for a URL (url.Parse), and for the URL of a request (url.ParseRequestURI)."""
from __future__ import annotations

import re

_CONTROL = re.compile(r"[\x00-\x1f\x7f]")
_SCHEME = re.compile(r"([a-zA-Z][a-zA-Z0-9+.-]*):(.*)", re.S)
_HOST = re.compile(r"(?:[^@/]*@)?(?:\[[^\]]*\]|(?:[A-Za-z0-9._~!$&'()*+,;=<>\"\-]|[^\x00-\x7f])*)(?::[0-9]*)?")
_BAD_ESCAPE = re.compile(r"%(?![0-9A-Fa-f]{2})")


def scheme_of(url: str) -> str:
    """The scheme in small letters, blank if there is none."""
    found = _SCHEME.fullmatch(url)
    return found.group(1).lower() if found else ""


def is_url(url: str) -> bool:
    """Whether it can be read at all: absolute, relative, or blank."""
    rest = url.partition("#")[0]
    if not rest or is_request_uri(rest):
        return not _CONTROL.search(url)
    is_relative = not _SCHEME.fullmatch(rest) and ":" not in rest.partition("?")[0].partition("/")[0]
    return is_relative and not _CONTROL.search(url) and not _BAD_ESCAPE.search(rest.partition("?")[0])


def has_host(url: str) -> bool:
    """Whether an absolute URL says where to go."""
    return re.match(r"[^:]*://[^/?#]", url) is not None


def is_request_uri(url: str) -> bool:
    """Whether it is an absolute URL of any scheme, an absolute path, or `*`."""
    if url == "*":
        return True
    if not url or _CONTROL.search(url):
        return False
    found = _SCHEME.fullmatch(url)
    rest = (found.group(2) if found else url).partition("?")[0]
    if not rest.startswith("/"):
        return found is not None
    if found and rest.startswith("//"):
        host, slash, path = rest[2:].partition("/")
        return _HOST.fullmatch(host) is not None and not _BAD_ESCAPE.search(slash + path)
    return not _BAD_ESCAPE.search(rest)
