"""Gives routes by type what they take out of a request for their services.

Each dependency is created from the request alone: a lean route calls it without FastAPI. A service's own stand in its
``dependencies.py``, and ``app.state`` is read in modules of that name only.
"""

from collections.abc import Awaitable, Callable, Mapping
from typing import Annotated, Any
from urllib.parse import quote

from fastapi import Depends, Request

from ecatalog.caching.caches import Caches as _Caches
from ecatalog.db.database import Database
from ecatalog.http.idempotency import HEADER, SentKey
from ecatalog.listing.entity_list import Lists as _Lists
from ecatalog.listing.list_request import ListRequest


def from_app(name: str) -> Callable[[Request], Awaitable[Any]]:
    """Return a dependency that gives what the application keeps by this name."""

    async def kept(request: Request) -> Any:
        return getattr(request.app.state, name)

    return kept


def own_url(request: Request) -> str:
    """Return the whole address of the request as the client sees it."""
    scope = request.scope
    query = scope["query_string"].decode("latin-1")
    return f"{_base(request)}{quote(scope['path'])}{'?' if query else ''}{query}"


def list_request(request: Request) -> ListRequest:
    """Return what a request asks of a list. The permission stands before it in the signature: it says who asks."""
    # A plain dict: lists look up each of their filters, and those of most requests are not there.
    return ListRequest(dict(request.query_params), own_url(request), request.scope["principal"])


def _base(request: Request) -> str:
    return f"{request.scope['scheme']}://{request.headers.get('host', '')}"


async def _base_url(request: Request) -> str:
    return _base(request)


async def _sent_key(request: Request) -> SentKey:
    return SentKey(request.headers.get(HEADER), request.url.path, request.url.query)


async def _query(request: Request) -> Mapping[str, str]:
    return request.query_params


async def _if_match(request: Request) -> str | None:
    return request.headers.get("if-match")


Db = Annotated[Database, Depends(from_app("database"))]
Lists = Annotated[_Lists, Depends(from_app("lists"))]
Caches = Annotated[_Caches, Depends(from_app("caches"))]
BaseUrl = Annotated[str, Depends(_base_url)]
"""The address of the gateway as the client sees it."""
Query = Annotated[Mapping[str, str], Depends(_query)]
IdempotencyKey = Annotated[SentKey, Depends(_sent_key)]
IfMatch = Annotated[str | None, Depends(_if_match)]
