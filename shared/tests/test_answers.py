"""Remembered answers and lean routes, in an application of the tests' own."""

from collections.abc import AsyncIterator
from typing import Annotated, Any, cast

import httpx
import pytest
from ecatalog.caching.caches import Caches
from ecatalog.caching.etag import json_response
from ecatalog.core.errors import ApiError, Conflict, NotAuthenticated
from ecatalog.fields.types import Text
from ecatalog.http.body import Body
from ecatalog.http.response_cache import MAX_ANSWER_BYTES, CachePolicy, ResponseCache
from ecatalog.http.responses import Json
from ecatalog.http.routing import LeanDispatch, LeanRoute
from ecatalog.security.permissions import SIGNED_IN, Authenticator, MaybeUser, SignedIn
from fastapi import APIRouter, Depends, FastAPI, Query, Request, Response
from fastapi.responses import StreamingResponse
from pydantic import BaseModel

router = APIRouter(prefix="/things", route_class=LeanRoute)
CALLS: list[str] = []


class Thing(BaseModel):
    name: Annotated[str, Text(5)]


@router.get("/")
async def show(request: Request) -> Response:
    CALLS.append(request.url.query)
    kind = request.query_params.get("kind", "")
    if kind == "error":
        raise Conflict({"detail": "no"})
    if kind == "bug":
        raise ZeroDivisionError
    if kind == "large":
        return json_response(request, b"1" * (MAX_ANSWER_BYTES + 1))
    if kind == "streamed":
        return StreamingResponse(iter([b"[", b"]"]), media_type="application/json", headers={"ETag": '"x"'})
    if kind == "untagged":
        return Json({})
    return json_response(request, str(len(CALLS)).encode())


@router.post("/{name:path}/", status_code=201)
async def make(name: str, request: Request, body: Annotated[Thing, Depends(Body(Thing))]) -> Response:
    return json_response(request, f'"{name} {body.name}"'.encode(), 201)


class Door:
    """Knows one user by a header."""

    async def authenticate(self, header: str | None) -> Any:
        if header == "bad":
            raise NotAuthenticated
        return header


@pytest.fixture
def caches() -> Caches:
    caches = Caches()
    caches.responses.enabled = True
    return caches


@pytest.fixture
async def client(caches: Caches) -> AsyncIterator[httpx.AsyncClient]:
    async def answer(_: Request, error: Exception) -> Response:
        assert isinstance(error, ApiError)
        return Json(error.body, error.status)

    app = FastAPI()
    app.router.routes.extend(router.routes)
    app.add_exception_handler(ApiError, answer)
    app.state.authenticator = Door()
    rule = CachePolicy("/things/", ("thing",), SIGNED_IN, sees=lambda principal: principal)
    app.add_middleware(LeanDispatch, routes=router.routes, error_handlers=app.exception_handlers)
    app.add_middleware(ResponseCache, rules=[rule], cache=caches.responses, authenticator=cast(Authenticator, Door()))
    CALLS.clear()
    transport = httpx.ASGITransport(app=app)
    async with httpx.AsyncClient(transport=transport, base_url="http://a", headers={"Authorization": "ann"}) as client:
        yield client


async def test_answer_is_kept_until_its_topic_changes(client: httpx.AsyncClient, caches: Caches) -> None:
    assert [(await client.get("/things/")).json() for _ in range(3)] == [1, 1, 1]
    caches.invalidate("other")
    assert (await client.get("/things/")).json() == 1
    caches.invalidate("thing")
    assert [(await client.get("/things/")).json() for _ in range(2)] == [2, 2]


async def test_question_is_told_by_query_host_and_who_asks(client: httpx.AsyncClient) -> None:
    asked = [
        ("/things/", {}), ("/things/?a=1", {}), ("/things/", {"Host": "b"}), ("/things/", {"Authorization": "bob"}),
    ]  # fmt: skip
    for _ in range(2):
        answers = [(await client.get(path, headers=headers)).json() for path, headers in asked]
        assert answers == [1, 2, 3, 4]


@pytest.mark.parametrize("kind", ["error", "large", "streamed", "untagged"])
async def test_other_answers_are_not_kept(client: httpx.AsyncClient, kind: str) -> None:
    first, second = [await client.get(f"/things/?kind={kind}") for _ in range(2)]
    assert (first.status_code, first.content) == (second.status_code, second.content)
    assert len(CALLS) == 2


async def test_nothing_is_served_to_who_is_refused(client: httpx.AsyncClient) -> None:
    await client.get("/things/")
    await client.get("/things/", headers={"Authorization": "bad"})
    assert len(CALLS) == 2  # the application below decides


async def test_kept_answer_gives_304(client: httpx.AsyncClient) -> None:
    tag = (await client.get("/things/")).headers["etag"]
    again = await client.get("/things/", headers={"If-None-Match": tag})
    assert (again.status_code, again.content, again.headers["etag"], len(CALLS)) == (304, b"", tag, 1)


async def test_nothing_is_kept_while_switched_off(client: httpx.AsyncClient, caches: Caches) -> None:
    caches.responses.enabled = False
    assert [(await client.get("/things/")).json() for _ in range(2)] == [1, 2]


async def test_lean_route_gets_its_path_its_body_and_the_errors_of_both(client: httpx.AsyncClient) -> None:
    made = await client.post("/things/a/b/", json={"name": 7})
    assert (made.status_code, made.json()) == (201, "a/b 7")
    refused = await client.post("/things/a/", json={"name": "too long"})
    assert refused.json() == {"name": ["Ensure this field has no more than 5 characters."]}
    assert (await client.put("/things/a/", json={})).status_code == 405
    assert (await client.get("/nothing/")).status_code == 404


async def test_lean_route_lets_an_unknown_error_through(client: httpx.AsyncClient) -> None:
    with pytest.raises(ZeroDivisionError):
        await client.get("/things/?kind=bug")


def test_endpoint_that_needs_more_of_fastapi_is_refused() -> None:
    other = APIRouter(route_class=LeanRoute)
    with pytest.raises(TypeError, match="a lean route takes its query and body"):

        @other.get("/")
        async def query(limit: Annotated[int, Query()]) -> Response:
            return Json(limit)


async def test_permissions_are_asked_on_lean_routes() -> None:
    guarded = APIRouter(route_class=LeanRoute)

    @guarded.get("/open/")
    async def anyone(user: MaybeUser) -> Response:
        return Json(user is None)

    @guarded.get("/closed/")
    async def closed(user: SignedIn) -> Response:
        return Json(user)

    app = FastAPI()
    app.state.authenticator = Door()
    app.add_exception_handler(NotAuthenticated, lambda _, error: Json(error.body, 401))
    app.add_middleware(LeanDispatch, routes=guarded.routes, error_handlers={})
    app.router.routes.extend(guarded.routes)
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app=app), base_url="http://a") as client:
        assert (await client.get("/open/")).json() is True
