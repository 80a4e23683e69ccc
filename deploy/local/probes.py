"""A process is asked whether it is ready, mostly over HTTP, with nothing but a socket.

The version is HTTP 1.0, because its answers end where the connection ends.
"""

import asyncio
import contextlib

from deploy.local.environment import LOOPBACK

TIMEOUT = 5.0
_WHOLE_ANSWER = 65536


async def listens(port: int) -> bool:
    """Return whether connections are accepted."""
    try:
        _, writer = await asyncio.wait_for(asyncio.open_connection(LOOPBACK, port), TIMEOUT)
    except (OSError, TimeoutError):
        return False
    writer.close()
    with contextlib.suppress(OSError):
        await writer.wait_closed()
    return True


async def status(port: int, path: str) -> int | None:
    """Return the status code of ``path``, None when nothing answers."""
    answer = await get(port, path)
    return None if answer is None else answer[0]


async def get(port: int, path: str) -> tuple[int, bytes] | None:
    """Return the status and the body (at most 64 KB) of ``path``, None when nothing answers HTTP in time."""
    try:
        return await asyncio.wait_for(_exchange(port, path), TIMEOUT)
    except (OSError, ValueError, IndexError, TimeoutError):
        return None


async def _exchange(port: int, path: str) -> tuple[int, bytes]:
    reader, writer = await asyncio.open_connection(LOOPBACK, port)
    try:
        request = f"GET {path} HTTP/1.0\r\nHost: {LOOPBACK}:{port}\r\n\r\n"
        writer.write(request.encode())
        await writer.drain()
        answer = b""
        while len(answer) < _WHOLE_ANSWER and (chunk := await reader.read(_WHOLE_ANSWER)):
            answer += chunk
    finally:
        writer.close()
        with contextlib.suppress(OSError):
            await writer.wait_closed()
    head, _, body = answer.partition(b"\r\n\r\n")
    return int(head.split(b" ", 2)[1]), body
