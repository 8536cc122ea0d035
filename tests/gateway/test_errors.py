"""Errors leave the gateway in the shape of their route."""

from __future__ import annotations

import json

import pytest

from fakedet.domain import errors as domain
from fakedet.gateway import errors


@pytest.mark.parametrize(
    ("kind", "code", "reason", "status"),
    [
        (domain.Canceled, 1, "Canceled", 408),
        (domain.InvalidArgument, 3, "InvalidArgument", 400),
        (domain.DeadlineExceeded, 4, "DeadlineExceeded", 504),
        (domain.NotFound, 5, "NotFound", 404),
        (domain.AlreadyExists, 6, "AlreadyExists", 409),
        (domain.PermissionDenied, 7, "PermissionDenied", 403),
        (domain.ResourceExhausted, 8, "ResourceExhausted", 429),
        (domain.FailedPrecondition, 9, "FailedPrecondition", 400),
        (domain.Aborted, 10, "Aborted", 409),
        (domain.OutOfRange, 11, "OutOfRange", 400),
        (domain.Unimplemented, 12, "Unimplemented", 501),
        (domain.Internal, 13, "Internal", 500),
        (domain.Unavailable, 14, "Unavailable", 503),
        (domain.DataLoss, 15, "DataLoss", 500),
        (domain.Unauthenticated, 16, "Unauthenticated", 401),
        (domain.MasterError, 13, "Internal", 500),
    ],
)
def test_unary_error_has_the_codes_name_and_http_status(kind: type[domain.MasterError], code: int, reason: str, status: int) -> None:
    reply = errors.unary_reply(kind("boom"))
    assert reply.status == status
    assert json.loads(reply.body) == {"error": {"code": code, "reason": reason, "error": "boom"}}  # type: ignore[arg-type]


def test_unary_error_ends_with_a_newline_and_escapes_html() -> None:
    assert errors.unary_body(domain.NotFound("<&>")) == b'{"error":{"code":5,"reason":"NotFound","error":"\\u003c\\u0026\\u003e"}}\n'


def test_plain_error_that_says_access_denied_is_a_permission_error() -> None:
    assert errors.unary_reply(domain.Internal("access denied")).status == 403


def test_stream_error_has_a_shape_of_its_own_and_no_newline() -> None:
    reply = errors.stream_reply(domain.NotFound("trial '99' not found"))
    assert reply.status == 404
    assert reply.body == (
        b'{"error":{"grpcCode":5,"httpCode":404,"message":"trial \'99\' not found","httpStatus":"Not Found","details":[]}}'
    )


def test_plain_error_keeps_code_2_in_a_stream() -> None:
    assert json.loads(errors.stream_body(domain.Internal("boom")))["error"] == {
        "grpcCode": 2,
        "httpCode": 500,
        "message": "boom",
        "httpStatus": "Internal Server Error",
        "details": [],
    }


def test_errors_of_other_routes_are_a_message() -> None:
    reply = errors.echo_reply(404, "api not found: GET /x")
    assert reply.body == b'{"message":"api not found: GET /x"}\n'
    assert reply.header("content-type") == "application/json; charset=UTF-8"
