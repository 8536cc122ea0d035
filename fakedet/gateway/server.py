"""The socket: a threaded HTTP/1.1 server with keep-alive that stops at once. Knows nothing of Determined."""
from __future__ import annotations

import socket
import threading
from typing import Any

from werkzeug.serving import BaseWSGIServer, WSGIRequestHandler, make_server

from fakedet.gateway.worlds import Worlds
from fakedet.gateway.wsgi import create_app


class PortTaken(OSError):
    """Another process listens on the port; the text says what to do."""


class _QuietHandler(WSGIRequestHandler):
    protocol_version = "HTTP/1.1"
    #: Small replies must not wait for the acknowledgement of their headers.
    disable_nagle_algorithm = True
    wbufsize = -1

    def log_request(self, *_: Any) -> None:
        """The world's journal keeps the requests, not the terminal."""

    def log_error(self, *_: Any) -> None:
        """A client that goes away is no news."""


class Server:
    """Serves `worlds` on host:port from a thread of its own; port 0 picks a free one. Use it as a context manager, or `stop` it."""

    def __init__(self, worlds: Worlds, host: str = "127.0.0.1", port: int = 0):
        self._listener = _bound(host, port)
        self._http: BaseWSGIServer = make_server(host, port, create_app(worlds), threaded=True, request_handler=_QuietHandler,
                                                 fd=self._listener.fileno())
        self._http.daemon_threads = True  # type: ignore[attr-defined]
        self.host, self.port = host, self._listener.getsockname()[1]
        self._thread = threading.Thread(target=self._http.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True,
                                        name="fakedet-server")
        self._thread.start()

    @property
    def url(self) -> str:
        """Where clients reach the first world."""
        return f"http://{self.host}:{self.port}"

    def stop(self) -> None:
        """Take no more requests and free the port."""
        self._http.shutdown()
        self._http.server_close()
        self._listener.close()
        self._thread.join(5)

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
        raise PortTaken(f"Port {port} on {host} cannot be used ({error}). Choose another with --port, or --port 0 for a free one.") from None
    return listener
