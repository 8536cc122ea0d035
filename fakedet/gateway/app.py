"""The path of a request, in the order of its steps: journal entry, route, decode, authenticate, serve in a transaction, encode.

Two kinds of routes: /api/v1 (the RPCs of the spec, as grpc-gateway answers them) and all others (as the master's echo server does).
No sockets and no Flask here: server.py and the in-process transport both call `answer`.
"""
from __future__ import annotations

import inspect
import logging
import re
from typing import TYPE_CHECKING, Any, Callable, Generator, Iterator

from fakedet.domain.errors import Internal, InvalidArgument, MasterError, Unimplemented
from fakedet.exchanges import Exchange
from fakedet.gateway import auth, echo, errors, legacy, routes
from fakedet.gateway.decode import decode_request
from fakedet.gateway.encode import dump, encode_reply
from fakedet.gateway.http import HttpReply, HttpRequest
from fakedet.services.call import Call
from fakedet.services.registry import Service, service_of

if TYPE_CHECKING:
    from fakedet.spec import Rpc
    from fakedet.world import World

log = logging.getLogger("fakedet.gateway")
API = "/api/v1/"
#: What the master sends with every reply.
SECURITY_HEADERS = [("X-Content-Type-Options", "nosniff"), ("X-Frame-Options", "SAMEORIGIN"), ("X-XSS-Protection", "1; mode=block")]
_GATEWAY = [("Content-Type", "application/json"), ("Grpc-Metadata-Content-Type", "application/grpc"), ("Vary", "Accept-Encoding")]
KNOWN_METHODS = frozenset("GET HEAD POST PUT PATCH DELETE OPTIONS TRACE CONNECT PROPFIND REPORT".split())
_GRPC_TIMEOUT = re.compile(r"\d{1,8}[HMSmun]")


def answer(world: "World", request: HttpRequest) -> HttpReply:
    """The reply of `world` to `request`, whatever it is; every exchange is in the world's journal."""
    exchange = world.exchanges.begin(request.method, request.target, request.body)
    reply = legacy.answer(world, request, exchange, _routed)
    exchange.status = reply.status
    reply.headers += SECURITY_HEADERS
    if exchange.notices:
        reply.headers.append(("X-Fakedet-Notice", "; ".join(exchange.notices)))
    if request.method == "HEAD":
        reply = _without_body(request, reply)
    return reply


def _without_body(request: HttpRequest, reply: HttpReply) -> HttpReply:
    """The echo server does not even say of what type it would be."""
    kept = [header for header in reply.headers if header[0] != "Content-Type" or request.path.startswith(API)]
    return HttpReply(reply.status, kept)


def _routed(world: "World", request: HttpRequest, exchange: Exchange) -> HttpReply:
    if request.method not in KNOWN_METHODS:
        return errors.echo_reply(405, "Method Not Allowed")
    if request.path.startswith(API) and not echo.owns(request):
        return _api(world, request, exchange)
    return echo.answer(world, request, exchange)


def _api(world: "World", request: HttpRequest, exchange: Exchange) -> HttpReply:
    try:
        match = routes.match(request.method, request.path, request.headers)
        if match is None:
            raise Unimplemented("Not Implemented")
        exchange.rpc = match.rpc.name
        _check_timeout_header(request)
        message = decode_request(match.rpc, match.path_params, request.query, request.body, match.form_body)
    except routes.BadPath:
        return HttpReply(400, [("Content-Type", "text/plain; charset=utf-8")], b"400 Bad Request")
    except Exception as error:  # what cannot be read is told in one shape, streams included
        return errors.unary_reply(as_master_error(world, error, request))
    stream = match.rpc.server_stream
    try:
        call = _call(world, request, match.rpc, exchange)
        service = _service(world, match.rpc)
        return _streamed(call, match.rpc, service, message) if stream else _unary(call, request, match.rpc, service, message)
    except Exception as error:  # whatever went wrong is one reply
        return (errors.stream_reply if stream else errors.unary_reply)(as_master_error(world, error, request))


def _check_timeout_header(request: HttpRequest) -> None:
    timeout = request.headers.get("grpc-timeout")
    if timeout is not None and not _GRPC_TIMEOUT.fullmatch(timeout):
        raise InvalidArgument(f"invalid grpc-timeout: {timeout}")


def _call(world: "World", request: HttpRequest, rpc: "Rpc", exchange: Exchange) -> Call:
    call = Call(world, headers=request.headers, notices=exchange.notices, has_left=request.has_left)
    with world.lock:
        world.clock.tick()
        if rpc.name not in auth.OPEN_RPCS:
            call.user, call.token = auth.authenticate(world, request.headers)
    exchange.user = call.user.get("username", "")
    return call


def _service(world: "World", rpc: "Rpc") -> Service:
    service = service_of(rpc.name)
    if service is None:
        world.exchanges.unimplemented[rpc.name] += 1
        raise Unimplemented(f"fakedet does not serve {rpc.name} yet; `fakedet routes` lists what it serves")
    return service


def _unary(call: Call, request: HttpRequest, rpc: "Rpc", service: Service, message: Any) -> HttpReply:
    if inspect.isgeneratorfunction(service):
        reply = encode_reply(rpc.response, _waited_for(call, service(call, message)))
    else:
        reply = within_transaction(call.world, lambda: encode_reply(rpc.response, service(call, message)))
    return HttpReply(200, _GATEWAY + call.reply_headers, dump(reply, pretty=wants_pretty(request)))


def _waited_for(call: Call, steps: Generator[None, None, Any]) -> Any:
    """What a service that waits returns in the end. Each of its steps is a transaction; at each yield it gives the world away."""
    while True:
        is_over, reply = within_transaction(call.world, lambda: _step(steps))
        if is_over:
            return reply
        call.wait()


def _step(steps: Generator[None, None, Any]) -> tuple[bool, Any]:
    try:
        return False, next(steps)
    except StopIteration as stop:
        return True, stop.value


def within_transaction(world: "World", serve: Callable[[], Any]) -> Any:
    """What `serve` returns, with all its changes committed together; then the work that it made due is done."""
    with world.lock:
        before = world.db.version
        refusal, result = _committed(world, serve)
        changed = world.db.version != before
        if changed:
            world.engine.settle()
            world.changed.notify_all()
    if changed:
        world.engine.collect_garbage()
    if refusal is not None:
        raise refusal
    return result


def _committed(world: "World", serve: Callable[[], Any]) -> tuple[MasterError | None, Any]:
    """Serve in a transaction that an error takes back, unless it is one that comes after what was saved: that one is returned."""
    with world.db.transaction():
        try:
            return None, serve()
        except MasterError as error:
            if not error.keeps_changes:
                raise
            return error, None


def _streamed(call: Call, rpc: "Rpc", service: Service, message: Any) -> HttpReply:
    lines = _stream_lines(call, rpc, service(call, message))
    try:
        first = next(lines, b"")
    except MasterError as error:
        return errors.stream_reply(error)
    return HttpReply(200, list(_GATEWAY), _rest_of_stream(call.world, first, lines))


def _stream_lines(call: Call, rpc: "Rpc", messages: Iterator[dict[str, Any]]) -> Iterator[bytes]:
    while True:
        with call.world.lock:
            message = next(messages, None)
        if message is None:
            return
        yield dump({"result": encode_reply(rpc.response, message)}, pretty=False) + b"\n"


def _rest_of_stream(world: "World", first: bytes, lines: Iterator[bytes]) -> Iterator[bytes]:
    if first:
        yield first
    try:
        yield from lines
    except Exception as error:  # the status is sent already: the last line tells
        yield errors.stream_body(as_master_error(world, error))


def wants_pretty(request: HttpRequest) -> bool:
    """Whether `?pretty` or the Accept header asks for an indented body (master: core.go, marshaler for application/json+pretty)."""
    return "pretty" in request.query or request.headers.get("accept") == "application/json+pretty"


def as_master_error(world: "World", error: Exception, request: HttpRequest | None = None) -> MasterError:
    """`error` itself if it was planned, else an internal error that is logged with its traceback."""
    if isinstance(error, MasterError):
        return error
    log.error("unplanned error while answering %s", request and f"{request.method} {request.target}", exc_info=error)
    world.failures.append(error)
    return Internal(f"fakedet: {type(error).__name__}: {error}")
