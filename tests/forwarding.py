"""A port of this machine that leads to another one."""

import socket
import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager

PIECE = 64 * 1024


class _Forwarder(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True

    def __init__(self, port: int, target: int) -> None:
        super().__init__(("127.0.0.1", port), _Connection)
        self.target = target


class _Connection(socketserver.BaseRequestHandler):
    server: _Forwarder

    def handle(self) -> None:
        with socket.create_connection(("127.0.0.1", self.server.target)) as target:
            back = threading.Thread(target=_copy, args=(target, self.request), daemon=True)
            back.start()
            _copy(self.request, target)
            back.join()


def _copy(source: socket.socket, sink: socket.socket) -> None:
    """Pass on what comes, until its end."""
    while piece := source.recv(PIECE):
        sink.sendall(piece)
    sink.shutdown(socket.SHUT_WR)


@contextmanager
def forwarded(port: int, target: int) -> Iterator[None]:
    """Who connects to ``port`` speaks to what listens on ``target``."""
    with _Forwarder(port, target) as server:
        running = threading.Thread(target=server.serve_forever)
        running.start()
        try:
            yield
        finally:
            server.shutdown()
            running.join()
