"""Error replies: the body of a unary RPC, of a stream and of the routes outside /api/v1 (master: grpcutil/errors.go).

A plain Go error (code Unknown) leaves a unary RPC as Internal, or as PermissionDenied if it says so; streams keep code 2.
"""
from __future__ import annotations

from http import HTTPStatus
from typing import Any

from fakedet.domain.errors import Internal, MasterError, PermissionDenied
from fakedet.gateway.encode import dump
from fakedet.gateway.http import HttpReply

HTTP_STATUS = {0: 200, 1: 408, 2: 500, 3: 400, 4: 504, 5: 404, 6: 409, 7: 403, 8: 429,
               9: 400, 10: 409, 11: 400, 12: 501, 13: 500, 14: 503, 15: 500, 16: 401}
_GATEWAY = [("Content-Type", "application/json"), ("Vary", "Accept-Encoding")]


def unary_reply(error: MasterError) -> HttpReply:
    """The reply of a unary RPC that failed."""
    shown = _as_shown(error)
    return HttpReply(HTTP_STATUS[shown.code], list(_GATEWAY), unary_body(shown))


def unary_body(error: MasterError) -> bytes:
    """`{"error": {"code", "reason", "error"}}` and a newline."""
    shown = _as_shown(error)
    return dump({"error": {"code": shown.code, "reason": shown.reason, "error": shown.message}}, pretty=False) + b"\n"


def stream_reply(error: MasterError) -> HttpReply:
    """The reply of a stream that failed before its first message."""
    return HttpReply(HTTP_STATUS[error.code], list(_GATEWAY), stream_body(error))


def stream_body(error: MasterError) -> bytes:
    """The last line of a stream that failed; it has no newline."""
    return dump({"error": _stream_error(error)}, pretty=False)


def echo_reply(status: int, message: str) -> HttpReply:
    """An error of a route outside /api/v1."""
    body = dump({"message": message}, pretty=False) + b"\n"
    return HttpReply(status, [("Content-Type", "application/json; charset=UTF-8")], body)


def echo_error_reply(error: MasterError) -> HttpReply:
    """The same, with the HTTP status of the error's code."""
    return echo_reply(HTTP_STATUS[error.code], error.message)


def _as_shown(error: MasterError) -> MasterError:
    if not is_plain(error):
        return error
    return (PermissionDenied if "access denied" in error.message else Internal)(error.message)


def _stream_error(error: MasterError) -> dict[str, Any]:
    status = HTTP_STATUS[error.code]
    return {"grpcCode": 2 if is_plain(error) else error.code, "httpCode": status, "message": error.message,
            "httpStatus": HTTPStatus(status).phrase, "details": []}


def is_plain(error: MasterError) -> bool:
    """Whether the error stands for a Go error without a gRPC code."""
    return error.code in (2, Internal.code)
