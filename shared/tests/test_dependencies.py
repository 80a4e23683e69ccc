"""What routes take out of a request by type."""

from collections.abc import AsyncIterator
from typing import Annotated, Any

import httpx
import pytest
from ecatalog.core.errors import ApiError
from ecatalog.entities.filters import FilterSet, exact
from ecatalog.entities.rendering import Rendering
from ecatalog.http.dependencies import BaseUrl, Caches, Db, IdempotencyKey, IfMatch, Query, from_app
from ecatalog.http.idempotency import Reply
from ecatalog.http.list_parameters import ListParameters
from ecatalog.http.openapi import describe
from ecatalog.http.responses import Json, list_response, reply_response
from ecatalog.http.routing import LeanDispatch, LeanRoute
from ecatalog.listing.entity_list import ListPage
from ecatalog.listing.list_request import ListRequest
from ecatalog.security.permissions import MaybeUser
from fastapi import APIRouter, Depends, FastAPI, Request, Response
from pydantic import BaseModel
from sqlalchemy import BigInteger, Column, MetaData, Table


class Thing(BaseModel):
    id: int


THINGS = Rendering(
    table=Table("thing", MetaData(), Column("id", BigInteger)), schema=Thing, filters=FilterSet(exact("colour"))
)
Asked = Annotated[ListRequest, Depends(ListParameters(THINGS))]
Colour = Annotated[str, Depends(from_app("colour"))]

lean = APIRouter(prefix="/api/v1", route_class=LeanRoute)
plain = APIRouter(prefix="/plain")


async def kept(_: MaybeUser, database: Db, caches: Caches, colour: Colour, base: BaseUrl) -> Response:
    return Json([database, caches, colour, base])


async def sent(_: MaybeUser, query: Query, key: IdempotencyKey, if_match: IfMatch) -> Response:
    return Json([dict(query), key.value, key.path, key.query, if_match])


async def listed(_: MaybeUser, request: Request, asked: Asked) -> Response:
    body = f'["{asked.url}", "{asked.search}", "{asked.asker}"]'.encode()
    return list_response(request, ListPage(body, exact=asked.search != "similar"))


async def created(_: MaybeUser, request: Request, key: IdempotencyKey) -> Response:
    return reply_response(request, Reply(b"{}", 201, is_replay=key.value is not None))


async def _place(request: Request) -> int:
    place: int = request.path_params["place"]
    return place


async def placed(_: MaybeUser, row_id: Annotated[int, Depends(_place)]) -> Response:
    return Json([row_id])


for router in (lean, plain):
    router.add_api_route("/placed/{place:int}/", placed)
    router.add_api_route("/kept/", kept)
    router.add_api_route("/sent/", sent)
    router.add_api_route("/listed/", listed)
    router.add_api_route("/created/", created, methods=["POST"])


class Door:
    async def authenticate(self, header: str | None) -> Any:
        return header


@pytest.fixture
async def client() -> AsyncIterator[httpx.AsyncClient]:
    async def answer(_: Request, error: Exception) -> Response:
        assert isinstance(error, ApiError)
        return Json(error.body, error.status)

    app = FastAPI()
    app.router.routes.extend([*lean.routes, *plain.routes])
    app.add_exception_handler(ApiError, answer)
    app.state.authenticator, app.state.database, app.state.caches, app.state.colour = Door(), "db", "caches", "red"
    app.add_middleware(LeanDispatch, routes=lean.routes, error_handlers=app.exception_handlers)
    transport = httpx.ASGITransport(app=app)
    async with httpx.AsyncClient(transport=transport, base_url="http://a", headers={"Authorization": "ann"}) as client:
        yield client


@pytest.mark.parametrize("kind", ["/api/v1", "/plain"])
async def test_what_the_application_keeps_is_given_by_type(client: httpx.AsyncClient, kind: str) -> None:
    assert (await client.get(f"{kind}/kept/")).json() == ["db", "caches", "red", "http://a"]


@pytest.mark.parametrize("kind", ["/api/v1", "/plain"])
async def test_what_the_client_sent_is_given_by_type(client: httpx.AsyncClient, kind: str) -> None:
    path = f"{kind}/sent/"
    assert (await client.get(path)).json() == [{}, None, path, "", None]
    headers = {"Idempotency-Key": "k", "If-Match": '"x"'}
    answer = await client.get(f"{path}?a=1", headers=headers)
    assert answer.json() == [{"a": "1"}, "k", path, "a=1", '"x"']


@pytest.mark.parametrize("kind", ["/api/v1", "/plain"])
async def test_dependency_may_give_a_value_of_the_path_by_another_name(client: httpx.AsyncClient, kind: str) -> None:
    assert (await client.get(f"{kind}/placed/7/")).json() == [7]


@pytest.mark.parametrize("kind", ["/api/v1", "/plain"])
async def test_list_request_says_what_is_asked_by_whom_under_which_address(
    client: httpx.AsyncClient, kind: str
) -> None:
    path = f"{kind}/listed/"
    answer = await client.get(f"{path}?search= words &limit=2")
    assert answer.json() == [f"http://a{path}?search=%20words%20&limit=2", "words", "ann"]
    assert "x-search" not in answer.headers
    assert (await client.get(f"{path}?search=similar")).headers["x-search"] == "similar"


async def test_reply_that_was_given_before_says_so(client: httpx.AsyncClient) -> None:
    first = await client.post("/api/v1/created/")
    again = await client.post("/api/v1/created/", headers={"Idempotency-Key": "k"})
    assert (first.status_code, again.status_code) == (201, 201)
    assert "idempotency-replayed" not in first.headers
    assert again.headers["idempotency-replayed"] == "true"


def test_list_request_documents_the_parameters_of_its_list() -> None:
    routes: Any = lean.routes
    operation = describe("Things", routes)["paths"]["/api/v1/listed/"]["get"]
    assert [one["name"] for one in operation["parameters"]][:2] == ["ordering", "colour"]


async def _inner(request: Request) -> str:
    return request.url.path


async def _outer(inner: Annotated[str, Depends(_inner)]) -> str:
    return inner


async def _of_query(name: str = "") -> str:
    return name


async def _of_path(code: str) -> str:
    return code


@pytest.mark.parametrize("dependency", [_outer, _of_query, _of_path])
def test_lean_route_refuses_a_dependency_that_needs_more_than_the_request(dependency: Any) -> None:
    async def show(_: Annotated[str, Depends(dependency)]) -> Response:
        return Json({})

    with pytest.raises(TypeError, match="needs more than the request"):
        APIRouter(route_class=LeanRoute).add_api_route("/{code}/", show)
