"""Reads who calls and what is sent, without touching a body before the login is known."""

import asyncio
import base64
import binascii
import tempfile
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from functools import partial
from typing import Annotated

from ecatalog.security.permissions import Permission
from fastapi import Depends, Request

from integration.exchange.parameters import asked, text_of
from integration.exchange.sessions import COOKIE, Caller, Credentials, authenticate
from integration.files.limits import LARGEST_PART, MEGABYTE, Excess, FileRefused
from integration.files.pieces import Part

Receive = Callable[[], AbstractAsyncContextManager[Part]]


class ExchangeLogin(Permission):
    """Admits 1C by the login of an exchange or its session: no person's account, and no token. None is nobody."""

    async def __call__(self, request: Request) -> Caller | None:  # type: ignore[override]  # 1C is no principal
        state = request.app.state
        login = _basic(request.headers.get("authorization", ""))
        sessid = asked(request.scope["query_string"]).sessid
        given = Credentials(login, request.cookies.get(COOKIE, ""), sessid)
        return await authenticate(
            state.database, state.settings.exchange_hash, request.path_params["integration_id"], given
        )


ExchangeCaller = Annotated[Caller | None, Depends(ExchangeLogin("exchange", public=True))]


def _basic(header: str) -> tuple[str, str] | None:
    """Read a name and a password; whatever is no Basic login at all is a wrong one, so that no cookie helps it."""
    if not header:
        return None
    scheme, _, value = header.partition(" ")
    if scheme.lower() != "basic":
        return "", ""
    try:
        name, _, password = text_of(base64.b64decode(value.strip(), validate=True)).partition(":")
    except (binascii.Error, ValueError):
        return "", ""
    return name, password


async def _receive(request: Request) -> Receive:
    return partial(_received, request)


@asynccontextmanager
async def _received(request: Request) -> AsyncIterator[Part]:
    """Read the body into a file of its own; raises FileRefused as soon as it is known to be too large."""
    if int(request.headers.get("content-length") or 0) > LARGEST_PART:
        raise FileRefused(Excess.PART)
    size, waiting = 0, bytearray()
    with tempfile.SpooledTemporaryFile(max_size=MEGABYTE) as file:
        async for piece in request.stream():
            size += len(piece)
            if size > LARGEST_PART:
                raise FileRefused(Excess.PART)
            waiting += piece
            if len(waiting) >= MEGABYTE:
                await asyncio.to_thread(file.write, waiting)
                waiting = bytearray()
        await asyncio.to_thread(file.write, waiting)
        yield Part(file, size)


ReceivePart = Annotated[Receive, Depends(_receive)]
