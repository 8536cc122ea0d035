"""One HTTP request to a webhook's URL, signed as the master signs it (master: webhooks/shipper.go)."""
from __future__ import annotations

import hashlib
import hmac
import http.client
import urllib.error
import urllib.request
from typing import Mapping
from urllib.parse import urlsplit

from fakedet.domain.go_text import quote

TIMEOUT = 10.0
#: No proxy stands between, and errors of the other side are answers too.
_OPENER = urllib.request.build_opener(urllib.request.ProxyHandler({}))


class _Request(urllib.request.Request):
    """A request with the headers that are given, and no type of its body where none is."""

    def has_header(self, header_name: str) -> bool:
        """The standard library would add a type."""
        return header_name == "Content-type" or super().has_header(header_name)


class NotReached(Exception):
    """Nobody answered; the text is Go's."""


def signed(payload: str, *, seconds: int, key: str) -> dict[str, str]:
    """The headers of a signed payload."""
    mac = hmac.new(key.encode(), f"{seconds},{payload}".encode("utf-8", "surrogatepass"), hashlib.sha256)
    return {"X-Determined-AI-Signature-Timestamp": str(seconds), "X-Determined-AI-Signature": mac.hexdigest(),
            "Content-Type": "application/json; charset=UTF-8"}


def post(url: str, payload: str, headers: Mapping[str, str]) -> int:
    """The status of the answer; raises NotReached."""
    try:
        request = _Request(url, payload.encode("utf-8", "surrogatepass"), dict(headers), method="POST")
        with _OPENER.open(request, timeout=TIMEOUT) as reply:
            return int(reply.status)
    except urllib.error.HTTPError as error:
        error.close()
        return error.code
    except ConnectionRefusedError:
        raise NotReached(_refused(url)) from None
    except (OSError, ValueError, http.client.HTTPException) as error:
        reason = getattr(error, "reason", error)
        raise NotReached(_refused(url) if isinstance(reason, ConnectionRefusedError) else f"Post {quote(url)}: {reason}") from None


def _refused(url: str) -> str:
    parts = urlsplit(url)
    port = parts.port or {"https": 443}.get(parts.scheme, 80)
    return f"Post {quote(url)}: dial tcp {parts.hostname}:{port}: connect: connection refused"
