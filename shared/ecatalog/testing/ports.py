"""Finds ports for the servers that tests start."""

import random
import socket

_FIRST, _LAST = 20_000, 32_000  # Linux takes outgoing connections from 32,768 on; clusters of tests lie below
_next = random.randrange(_FIRST, _LAST)  # noqa: S311 - keeps test processes apart, no secret


def free_port() -> int:
    """Return a port of the loopback interface that nothing listens on, another one at every call.

    Not one that the system would choose: it gives those to outgoing connections too, so a client that waits for a
    server could hold the server's port before it, or be connected to itself.
    """
    global _next
    while True:
        port, _next = _next, _next + 1 if _next < _LAST else _FIRST
        if _is_free(port):
            return port


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True
