"""Every application answers errors, HEAD, OPTIONS and unknown paths in the contract's form."""

import asyncio
import errno
from collections.abc import AsyncIterator
from typing import Annotated

import httpx
import psycopg
import pytest
import uvicorn
from ecatalog.core.errors import NotFound
from ecatalog.core.settings import DEVELOPMENT_SECRET, Settings
from ecatalog.fields.types import Boolean, Text
from ecatalog.http.body import Body
from ecatalog.http.responses import Json
from ecatalog.runtime.app import UnprotectedRoute, create_app
from ecatalog.security.internal_secret import SECRET_HEADER
from ecatalog.security.permissions import Anonymous, Editor, Internal, MaybeUser, SignedIn, Staff
from ecatalog.testing.client import running, until
from ecatalog.testing.nats import NatsServer
from ecatalog.testing.ports import free_port
from ecatalog.testing.tokens import TokenFactory
from fastapi import APIRouter, Depends, FastAPI, Request, Response
from pydantic import BaseModel
from sqlalchemy.exc import DBAPIError
from starlette.responses import StreamingResponse

router = APIRouter(prefix="/api/v1/thing")


class Thing(BaseModel):
    name: Annotated[str, Text(10, blank=False)]
    is_active: Annotated[bool, Boolean()] = True


@router.get("/")
async def things(_: MaybeUser) -> Response:
    return Json([])


@router.post("/")
async def create(_: Editor, thing: Annotated[Thing, Depends(Body(Thing))]) -> Response:
    return Json(thing.model_dump(), 201)


@router.get("/mine/")
async def mine(user: SignedIn) -> Response:
    return Json({"user": user.user_id, "role": user.role})


@router.get("/secret/")
async def secret(_: Staff) -> Response:
    return Json({})


@router.get("/inside/")
async def inside(_: Internal) -> Response:
    return Json({})


@router.get("/streamed/")
async def streamed(_: MaybeUser) -> Response:
    return StreamingResponse(iter(["one", "two"]))


@router.get("/broken/")
async def broken(_: Anonymous, kind: str) -> Response:
    raise {
        "bug": ValueError("a secret detail"), "database": psycopg.OperationalError("gone"), "lost": NotFound(),
        "disk": OSError(errno.ENOSPC, "No space left on device"), "file": FileNotFoundError("a secret detail"),
        "value": psycopg.errors.NumericValueOutOfRange("bigint out of range"),
        "wrapped": DBAPIError("select 1", (), psycopg.DataError("a secret detail")),
    }[kind]  # fmt: skip


@router.get("/{code:path}/")
async def thing(code: str, _: MaybeUser) -> Response:
    return Json({"code": code})


@pytest.fixture(scope="module")
async def app(dsn: str, nats_server: NatsServer, tokens: TokenFactory) -> FastAPI:
    settings = Settings(database_url=dsn, nats_url=nats_server.url, auth_url=tokens.url)
    return create_app(settings, "thing", [router])


@pytest.fixture(scope="module")
async def client(app: FastAPI) -> AsyncIterator[httpx.AsyncClient]:
    async with running(app) as client:
        yield client


def test_route_without_permission_is_refused(dsn: str) -> None:
    unprotected = APIRouter()

    @unprotected.get("/open/")
    async def open_route(request: Request) -> Response:
        return Json(str(request.url))

    with pytest.raises(UnprotectedRoute, match="/open/"):
        create_app(Settings(database_url=dsn), "thing", [unprotected])


PATHS = [
    ("GET", "/nowhere/", 404, {"detail": "Not found."}),
    ("DELETE", "/api/v1/thing/", 405, {"detail": 'Method "DELETE" not allowed.'}),
    ("GET", "/api/v1/thing/broken/?kind=bug", 500, {"detail": "Server error."}),
    ("GET", "/api/v1/thing/broken/?kind=database", 503, {"detail": "Service temporarily unavailable."}),
    ("GET", "/api/v1/thing/broken/?kind=disk", 503, {"detail": "Service temporarily unavailable."}),
    ("GET", "/api/v1/thing/broken/?kind=file", 500, {"detail": "Server error."}),
    ("GET", "/api/v1/thing/broken/?kind=lost", 404, {"detail": "Not found."}),
    ("GET", "/api/v1/thing/broken/?kind=value", 400, {"detail": "A value is out of range or cannot be stored."}),
    ("GET", "/api/v1/thing/broken/?kind=wrapped", 400, {"detail": "A value is out of range or cannot be stored."}),
    ("GET", "/api/v1/thing/mine/", 401, {"detail": "Authentication credentials were not provided."}),
    ("GET", "/api/v1/thing/inside/", 404, {"detail": "Not found."}),
]


@pytest.mark.parametrize(("method", "path", "status", "body"), PATHS)
async def test_error_has_the_contracts_form(
    client: httpx.AsyncClient, method: str, path: str, status: int, body: object
) -> None:
    response = await client.request(method, path)
    assert (response.status_code, response.json()) == (status, body)
    assert response.headers["content-type"] == "application/json"


@pytest.mark.parametrize(
    ("path", "accept", "status"),
    [
        ("/api/v1/thing/", "application/xml", 406),
        ("/api/v1/thing/", "text/html,application/xhtml+xml,*/*;q=0.8", 200),
        ("/api/v1/thing/", "application/*", 200),
        ("/api/v1/thing/", "", 200),
        ("/api/v1/thing/?format=xml", "*/*", 404),
        ("/api/v1/thing/?format=json", "*/*", 200),
    ],
)
async def test_form_of_the_answer_is_negotiated(client: httpx.AsyncClient, path: str, accept: str, status: int) -> None:
    assert (await client.get(path, headers={"Accept": accept})).status_code == status


async def test_wrong_method_names_the_allowed_ones(client: httpx.AsyncClient) -> None:
    response = await client.delete("/api/v1/thing/")
    assert set(response.headers["allow"].split(", ")) == {"GET", "POST", "HEAD", "OPTIONS"}


@pytest.mark.parametrize("path", ["thing/", "thing/streamed/", "nowhere/"])
async def test_connection_is_good_for_more_after_a_head(app: FastAPI, client: httpx.AsyncClient, path: str) -> None:  # noqa: ARG001 - the application runs
    config = uvicorn.Config(app, host="127.0.0.1", port=free_port(), log_config=None, lifespan="off")
    server = uvicorn.Server(config)
    serving = asyncio.create_task(server.serve())
    await until(lambda: server.started)
    reader, writer = await asyncio.open_connection("127.0.0.1", config.port)
    answers = []
    for method, target, end in (("HEAD", path, b"\r\n\r\n"), ("GET", "thing/two/", b'{"code":"two"}')):
        writer.write(f"{method} /api/v1/{target} HTTP/1.1\r\nHost: x\r\n\r\n".encode())
        answers.append(await reader.readuntil(end))
    writer.close()
    server.should_exit = True
    await serving
    assert [answer.startswith(b"HTTP/1.1 ") for answer in answers] == [True, True]


async def test_head_is_get_without_a_body(client: httpx.AsyncClient) -> None:
    response = await client.head("/api/v1/thing/")
    assert (response.status_code, response.content) == (200, b"")


async def test_options_tells_what_may_be_done(client: httpx.AsyncClient) -> None:
    response = await client.options("/api/v1/thing/a/b/")
    assert (response.status_code, response.headers["allow"]) == (200, "GET, HEAD, OPTIONS")


async def test_code_may_hold_slashes_and_dots(client: httpx.AsyncClient) -> None:
    for path, code in (("a/b", "a/b"), ("a%2Fb", "a/b"), ("00-1.json", "00-1.json"), ("Товар%201", "Товар 1")):
        assert (await client.get(f"/api/v1/thing/{path}/")).json() == {"code": code}


async def test_request_id_is_kept_or_made(client: httpx.AsyncClient) -> None:
    given = await client.get("/api/v1/thing/", headers={"X-Request-ID": "abcdef-123456"})
    assert given.headers["x-request-id"] == "abcdef-123456"
    made = await client.get("/api/v1/thing/", headers={"X-Request-ID": "no\tgood"})
    assert len(made.headers["x-request-id"]) == 32


async def test_rights_follow_the_role(client: httpx.AsyncClient, tokens: TokenFactory) -> None:
    for role, create_status, secret_status in (("admin", 201, 200), ("editor", 201, 403), ("reader", 403, 403)):
        headers = tokens.headers(5, role)  # type: ignore[arg-type]  # the roles above are roles
        assert (await client.post("/api/v1/thing/", json={"name": "n"}, headers=headers)).status_code == create_status
        assert (await client.get("/api/v1/thing/secret/", headers=headers)).status_code == secret_status
        assert (await client.get("/api/v1/thing/mine/", headers=headers)).json() == {"user": 5, "role": role}


async def test_bad_token_is_refused_on_a_public_page(client: httpx.AsyncClient) -> None:
    response = await client.get("/api/v1/thing/", headers={"Authorization": "Bearer nonsense"})
    assert response.status_code == 401
    assert response.headers["www-authenticate"] == 'Bearer realm="api"'


async def test_internal_route_needs_the_secret(client: httpx.AsyncClient) -> None:
    for secret, status in ((DEVELOPMENT_SECRET, 200), ("wrong", 404)):
        response = await client.get("/api/v1/thing/inside/", headers={SECRET_HEADER: secret})
        assert response.status_code == status


async def test_bodies_are_read_as_json_and_forms(client: httpx.AsyncClient, tokens: TokenFactory) -> None:
    url, headers = "/api/v1/thing/", tokens.headers()
    as_json = await client.post(url, json={"name": 5}, headers=headers)
    assert as_json.json() == {"name": "5", "is_active": True}
    as_form = await client.post(url, data={"name": "n"}, headers=headers)
    assert as_form.json() == {"name": "n", "is_active": False}
    as_parts = await client.post(url, files={"name": (None, "n"), "is_active": (None, "yes")}, headers=headers)
    assert as_parts.json() == {"name": "n", "is_active": True}


BODIES = [
    (b"[]", "application/json", 400, {"non_field_errors": ["Invalid data. Expected a dictionary, but got list."]}),
    (b'"a"', "application/json", 400, {"non_field_errors": ["Invalid data. Expected a dictionary, but got str."]}),
    (b"", "application/json", 400, {"name": ["This field is required."]}),
    (b"x", "text/plain", 415, {"detail": 'Unsupported media type "text/plain" in request.'}),
    (b'{"name": "\\u0000"}', "application/json", 400, {"name": ["Null characters are not allowed."]}),
]


@pytest.mark.parametrize(("body", "kind", "status", "answer"), BODIES)
async def test_unreadable_body_is_refused(
    client: httpx.AsyncClient, tokens: TokenFactory, body: bytes, kind: str, status: int, answer: object
) -> None:
    headers = tokens.headers() | {"Content-Type": kind}
    response = await client.post("/api/v1/thing/", content=body, headers=headers)
    assert (response.status_code, response.json()) == (status, answer)


HOSTILE = [b'{"name": ', b'{"name": NaN}', b"[" * 100_000, b'{"name": "\xff"}', b'{"name": "\\ud800"}', b"{'a': 1}"]


@pytest.mark.parametrize("body", HOSTILE, ids=lambda body: repr(body[:20]))
async def test_broken_json_is_a_400_with_the_parsers_words(
    client: httpx.AsyncClient, tokens: TokenFactory, body: bytes
) -> None:
    headers = tokens.headers() | {"Content-Type": "application/json"}
    response = await client.post("/api/v1/thing/", content=body, headers=headers)
    assert response.status_code == 400
    assert response.json()["detail"].startswith("JSON parse error - ")


async def test_ready_tells_of_each_part(client: httpx.AsyncClient) -> None:
    async def ready() -> bool:
        return (await client.get("/health/ready")).status_code == 200

    await until(ready)
    report = (await client.get("/health/ready")).json()
    assert report["checks"] == {"database": "ok", "broker": "ok", "keys": "ok", "revocations": "ok"}


async def test_openapi_names_bodies_and_security(client: httpx.AsyncClient) -> None:
    document = (await client.get("/openapi.json")).json()
    operation = document["paths"]["/api/v1/thing/"]["post"]
    assert operation["requestBody"]["content"]["application/json"]["schema"] == {"$ref": "#/components/schemas/Thing"}
    assert operation["security"] == [{"bearer": []}]
    assert document["components"]["schemas"]["Thing"]["required"] == ["name"]
    assert (await client.get("/docs")).status_code == 200


async def test_metrics_name_route_templates(client: httpx.AsyncClient) -> None:
    await client.get("/api/v1/thing/one/")
    text = (await client.get("/metrics")).text
    assert 'http_requests_total{method="GET",route="/api/v1/thing/{code:path}/",status="200"}' in text
    assert "/api/v1/thing/one/" not in text


async def test_metrics_tell_of_the_database_and_the_outbox(client: httpx.AsyncClient) -> None:
    lines = (await client.get("/metrics")).text.splitlines()
    assert 'database_pool_size{pool="transactions"} 8.0' in lines
    assert "outbox_oldest_unpublished_seconds 0.0" in lines


async def test_requests_of_operators_are_counted_by_route_and_strangers_as_one(client: httpx.AsyncClient) -> None:
    for path in ("/health/live", "/nowhere/1/", "/nowhere/2/"):
        await client.get(path)
    text = (await client.get("/metrics")).text
    assert 'route="/health/live",status="200"' in text
    assert 'http_request_seconds_count{route="/health/live"}' in text
    assert 'route="unmatched",status="404"' in text
    assert "/nowhere/" not in text


async def test_invented_methods_are_counted_as_one(client: httpx.AsyncClient) -> None:
    for method in ("BREW", "PROPFIND"):
        assert (await client.request(method, "/api/v1/thing/")).status_code == 405
    metrics = (await client.get("/metrics")).text
    assert 'method="other"' in metrics
    assert "BREW" not in metrics


FORM, MULTIPART = "application/x-www-form-urlencoded", "multipart/form-data; boundary=b"
PART = b'--b\r\nContent-Disposition: form-data; name="name"\r\n\r\n%s\r\n--b--\r\n'


@pytest.mark.parametrize("charset", ["utf-7", "raw_unicode_escape", "punycode", "undefined", "no such", "\xff"])
@pytest.mark.parametrize("kind", [FORM, MULTIPART])
async def test_form_in_a_charset_of_few_friends_is_415(
    client: httpx.AsyncClient, tokens: TokenFactory, kind: str, charset: str
) -> None:
    headers = tokens.headers() | {"Content-Type": f"{kind}; charset={charset}"}
    raw = [(name.encode(), value.encode("latin-1")) for name, value in headers.items()]
    response = await client.post("/api/v1/thing/", content=PART % b"+2AA-", headers=raw)
    assert response.status_code == 415


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        (FORM, "name=Молоко".encode("cp1251")),
        (FORM, b"name=%CC%EE%EB%EE%EA%EE"),
        (MULTIPART, PART % "Молоко".encode("cp1251")),
    ],
)
async def test_form_in_cyrillic_of_old_is_read(
    client: httpx.AsyncClient, tokens: TokenFactory, kind: str, body: bytes
) -> None:
    headers = tokens.headers() | {"Content-Type": f"{kind}; charset=windows-1251"}
    response = await client.post("/api/v1/thing/", content=body, headers=headers)
    assert response.json()["name"] == "Молоко"


@pytest.mark.parametrize("body", [b"&" * 1_000_000, b"a=1&" * 1001])
async def test_form_of_too_many_fields_is_400(client: httpx.AsyncClient, tokens: TokenFactory, body: bytes) -> None:
    headers = tokens.headers() | {"Content-Type": FORM}
    response = await client.post("/api/v1/thing/", content=body, headers=headers)
    assert response.json() == {"detail": "Multipart form parse error - Max number of fields exceeded"}
