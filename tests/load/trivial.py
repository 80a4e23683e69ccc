"""The least that a backend can do: what the gateway itself costs is measured before it."""

import sys
from collections.abc import Awaitable, Callable
from typing import Any

import uvicorn

BODY = b'{"answer":"the same fifty bytes for each request"}'
_HEAD = {
    "type": "http.response.start",
    "status": 200,
    "headers": [(b"content-type", b"application/json"), (b"content-length", str(len(BODY)).encode())],
}
_BODY = {"type": "http.response.body", "body": BODY}


async def app(
    scope: dict[str, Any],
    receive: Callable[[], Awaitable[dict[str, Any]]],  # noqa: ARG001 - the signature of an ASGI application
    send: Callable[[dict[str, Any]], Awaitable[None]],
) -> None:
    """A bare ASGI application."""
    if scope["type"] == "http":
        await send(_HEAD)
        await send(_BODY)


if __name__ == "__main__":
    uvicorn.run(app, host="127.0.0.1", port=int(sys.argv[1]), log_config=None, access_log=False, lifespan="off")
