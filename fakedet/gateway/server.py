"""The socket: a threaded HTTP/1.1 server with keep-alive that stops at once. Knows nothing of Determined.

The port is taken at once, but Flask and the HTTP server are only loaded when the first client connects: tests that stay in
their process never pay for them.
"""
from __future__ import annotations

import functools
import select
import socket
import sys
import threading
from typing import TYPE_CHECKING, Any, Callable

if TYPE_CHECKING:
    from werkzeug.serving import BaseWSGIServer

    from fakedet.gateway.worlds import Worlds


class PortTaken(OSError):
    """Another process listens on the port; the text says what to do."""


class Server:
    """Serves `worlds` on host:port from a thread of its own; port 0 picks a free one. Use it as a context manager, or `stop` it.

    `eager` loads the HTTP server before the first client connects.
    """

    def __init__(self, worlds: "Worlds", host: str = "127.0.0.1", port: int = 0, *, eager: bool = False):
        self._worlds, self.host, self._eager = worlds, host, eager
        self._listener = _bound(host, port)
        self.port: int = self._listener.getsockname()[1]
        self._wake, self._woken = socket.socketpair()
        self._http: "BaseWSGIServer | None" = None
        self._starting = threading.Lock()
        self._stopped = False
        self._thread = threading.Thread(target=self._run, daemon=True, name="fakedet-server")
        self._thread.start()

    @property
    def url(self) -> str:
        """Where clients reach the first world."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"http://{host}:{self.port}"

    def stop(self) -> None:
        """Take no more requests and free the port."""
        self._stopped = True
        self._wake.close()
        with self._starting:
            if self._http is not None:
                self._http.shutdown()
        self._thread.join(5)
        self._listener.close()
        self._woken.close()

    def _run(self) -> None:
        ready = [] if self._eager else select.select([self._listener, self._woken], [], [])[0]
        with self._starting:
            if self._stopped or self._woken in ready:
                return
            self._http = _http_server(self._worlds, self.host, self.port, self._listener)
        self._http.serve_forever(poll_interval=0.01)
        self._http.server_close()

    def __enter__(self) -> "Server":
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()


def _bound(host: str, port: int) -> socket.socket:
    listener = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((host, port))
        listener.listen(128)
    except (OSError, OverflowError) as error:
        listener.close()
        reason = error.strerror if isinstance(error, OSError) and error.strerror else error
        raise PortTaken(f"Port {port} on {host} cannot be used ({reason}). "
                        "Choose another with --port, or --port 0 for a free one.") from None
    return listener


def _http_server(worlds: "Worlds", host: str, port: int, listener: socket.socket) -> "BaseWSGIServer":
    from werkzeug.serving import WSGIRequestHandler, make_server

    from fakedet.gateway.wsgi import create_app

    class Handler(WSGIRequestHandler):
        protocol_version = "HTTP/1.1"
        #: Replies must not wait for the acknowledgement of what went before.
        disable_nagle_algorithm = True
        wbufsize = -1

        def make_environ(self) -> dict[str, Any]:
            """With the target as it was sent: the standard library drops slashes from the front of it."""
            return {**super().make_environ(), "REQUEST_URI": self.requestline.split()[1]}

        def log_request(self, *_: Any) -> None:
            """The world's journal keeps the requests, not the terminal."""

        def log_error(self, *_: Any) -> None:
            """A client that goes away is no news."""

    server = make_server(host, port, create_app(worlds), threaded=True, request_handler=Handler, fd=listener.fileno())
    server.daemon_threads = True  # type: ignore[attr-defined]
    server.handle_error = functools.partial(_report, server.handle_error)  # type: ignore[method-assign]
    return server


def _report(report: Callable[[Any, Any], None], request: Any, address: Any) -> None:
    """What went wrong with a connection, unless it is that the client has gone."""
    if not isinstance(sys.exc_info()[1], ConnectionError):
        report(request, address)
