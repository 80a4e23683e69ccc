"""The portal tells the truth about the services, and documents all of them without the internet."""

import asyncio
import json
import time
from collections.abc import AsyncIterator
from typing import Any

import httpx
import orjson
import pytest
import yaml
from ecatalog.core.concurrency import stop
from ecatalog.testing.client import until
from portal.health import KEPT_SECONDS
from portal.main import create
from portal.merging import merge
from portal.schema import Schemas
from portal.settings import SERVICES, PortalSettings
from prometheus_client import REGISTRY


@pytest.fixture(scope="module")
async def portal(settings: PortalSettings) -> AsyncIterator[httpx.AsyncClient]:
    app = create(settings)
    async with (
        app.router.lifespan_context(app),
        httpx.AsyncClient(transport=httpx.ASGITransport(app=app), base_url="http://gate") as client,
    ):
        yield client


async def test_health_is_503_with_the_reason_of_each_service(portal: httpx.AsyncClient) -> None:
    response = await portal.get("/api/health/")
    report = response.json()
    assert response.status_code == 503
    assert report["services"]["auth"]["api"] == [
        {"status": "unavailable", "checks": {"process": "does not answer"}},
    ]


async def test_health_of_one_service_is_200_when_it_is_ready(portal: httpx.AsyncClient) -> None:
    async def ready() -> bool:
        return (await portal.get("/api/health/location/")).status_code == 200

    await until(ready)
    assert (await portal.get("/api/health/auth/")).status_code == 503
    assert (await portal.get("/api/health/nobody/")).json() == {"detail": "Not found."}


def looks() -> float:
    """How often a process was asked for its readiness."""
    labels = {"method": "GET", "route": "/health/ready"}
    statuses = ({**labels, "status": status} for status in ("200", "503"))
    return sum(REGISTRY.get_sample_value("http_requests_total", one) or 0 for one in statuses)


async def test_health_is_looked_at_once_a_second_however_many_ask_and_all_hear_the_truth(
    portal: httpx.AsyncClient,
) -> None:
    async def ready() -> bool:
        return (await portal.get("/api/health/location/")).status_code == 200

    await until(ready)
    before, began = looks(), time.monotonic()
    pages = ["/api/health/", "/", "/api/health/location/"]
    waves = [await asyncio.gather(*(portal.get(path) for path in pages * 10)) for _ in range(10)]
    answers = [answer for wave in waves for answer in wave]
    took = time.monotonic() - began
    assert {answer.text for answer in answers if answer.url.path == "/api/health/location/"} == {answers[2].text}
    assert {answer.json()["services"]["location"]["status"] for answer in answers[::3]} == {"ok"}
    assert looks() - before <= 2 * (2 + took)  # the api and the worker
    await asyncio.sleep(KEPT_SECONDS)
    before = looks()
    await portal.get("/api/health/location/")
    assert looks() - before == 2


@pytest.mark.parametrize(
    ("query", "accept", "kind"),
    [
        ("", "*/*", "application/vnd.oai.openapi"),
        ("?format=json", "*/*", "application/vnd.oai.openapi+json"),
        ("", "application/json", "application/vnd.oai.openapi+json"),
        ("", "application/vnd.oai.openapi+json", "application/vnd.oai.openapi+json"),
    ],
)
async def test_schema_is_yaml_unless_json_is_asked(
    portal: httpx.AsyncClient, query: str, accept: str, kind: str
) -> None:
    response = await portal.get(f"/api/schema/{query}", headers={"Accept": accept})
    assert response.headers["content-type"].partition(";")[0] == kind
    document = yaml.safe_load(response.text)
    assert document["info"]["title"] == "E-Catalog API"


async def test_service_has_a_document_of_its_own(portal: httpx.AsyncClient) -> None:
    response = await portal.get("/api/schema/?service=location&format=json")
    document = response.json()
    assert document["info"]["title"] == "E-Catalog API: location"
    assert {path.split("/")[3] for path in document["paths"]} == {"agent-location"}
    as_yaml = await portal.get("/api/schema/?service=location")
    assert yaml.safe_load(as_yaml.text) == document


async def test_document_of_a_service_that_was_never_reached_is_503_and_the_merged_one_is_there(
    portal: httpx.AsyncClient,
) -> None:
    for query in ("?service=auth&format=json", "?service=auth"):
        away = await portal.get(f"/api/schema/{query}")
        assert (away.status_code, away.headers["retry-after"]) == (503, "1")
    merged = (await portal.get("/api/schema/?format=json")).json()
    assert "/api/v1/agent-location/" in merged["paths"]


async def test_document_of_no_service_is_404(portal: httpx.AsyncClient) -> None:
    response = await portal.get("/api/schema/?service=nobody")
    assert (response.status_code, response.json()) == (404, {"detail": "Not found."})


async def test_service_that_went_down_keeps_its_document() -> None:
    document_of_one = document({}, "/api/v1/users/")
    answers = iter([httpx.Response(200, json=document_of_one)])

    async def answer(request: httpx.Request) -> httpx.Response:
        found = next(answers, None) if request.url.port == 8001 else None
        if found is None:
            raise httpx.ConnectError("refused", request=request)
        return found

    async with httpx.AsyncClient(transport=httpx.MockTransport(answer)) as client:
        schemas = Schemas(PortalSettings(), client)
        await schemas.refresh()
        first = await schemas.as_json("auth")
        await schemas.refresh()
        assert await schemas.as_json("auth") == first is not None


async def test_service_that_hangs_delays_nobody_after_the_first_look() -> None:
    looks = asyncio.Queue[None]()
    hangs = asyncio.Event()

    async def answer(request: httpx.Request) -> httpx.Response:
        if request.url.port != 8001:
            return httpx.Response(200, json=document({}, f"/api/v1/{request.url.port}/"))
        looks.put_nowait(None)
        if looks.qsize() > 1:
            hangs.set()
            await asyncio.Event().wait()
        raise httpx.ConnectError("refused", request=request)

    async with httpx.AsyncClient(transport=httpx.MockTransport(answer)) as client:
        schemas = Schemas(PortalSettings(), client)
        keeping = asyncio.create_task(schemas.run())
        await hangs.wait()
        merged = await asyncio.wait_for(schemas.as_json(), 30)
        await stop([keeping])
    assert merged is not None
    assert len(orjson.loads(merged)["paths"]) == len(SERVICES) - 1


async def test_docs_let_choose_every_service_and_each_choice_is_a_document(portal: httpx.AsyncClient) -> None:
    page = (await portal.get("/api/docs/")).text
    choice = json.loads("[" + page.partition("{urls: [")[2].partition("]")[0] + "]")
    assert [one["name"] for one in choice] == ["All", *SERVICES]
    assert {(await portal.get(one["url"])).status_code for one in choice if one["name"] in {"All", "location"}} == {200}


async def test_requests_are_counted_by_route(portal: httpx.AsyncClient) -> None:
    for path in ("/api/health/location/", "/api/health/nobody/", "/static/docs/swagger/swagger-ui.css"):
        await portal.get(path)
    text = (await portal.get("/metrics")).text
    assert 'route="/api/health/{service}/",status="404"' in text
    assert 'route="/static/docs/swagger",status="200"' in text
    assert "/nobody" not in text


@pytest.mark.parametrize("path", ["/api/docs/", "/api/redoc/", "/"])
async def test_page_loads_everything_from_the_gateway(portal: httpx.AsyncClient, path: str) -> None:
    page = await portal.get(path)
    assert page.status_code == 200
    for mark in ('src="', 'href="'):
        for address in (part.partition('"')[0] for part in page.text.split(mark)[1:]):
            assert address.startswith("/")
            assert (await portal.get(address)).status_code in {200, 503}


async def test_wrong_method_is_the_contracts_405(portal: httpx.AsyncClient) -> None:
    response = await portal.post("/api/schema/")
    assert (response.status_code, response.json()) == (405, {"detail": 'Method "POST" not allowed.'})


def document(properties: dict[str, Any], path: str) -> dict[str, Any]:
    reference = {"schema": {"$ref": "#/components/schemas/Row"}}
    return {"paths": {path: {"get": dict(reference)}}, "components": {"schemas": {"Row": {"properties": properties}}}}


def test_merge_keeps_equal_schemas_and_renames_those_that_differ() -> None:
    merged = merge(
        {
            "auth": document({"a": {}}, "/api/v1/users/"),
            "media": document({"a": {}}, "/api/v1/image-status/"),
            "location": document({"b": {}}, "/api/v1/agent-location/"),
        }
    )
    assert set(merged["components"]["schemas"]) == {"Row", "LocationRow"}
    operation = merged["paths"]["/api/v1/agent-location/"]["get"]
    assert operation["schema"] == {"$ref": "#/components/schemas/LocationRow"}
    assert operation["tags"] == ["agent-location"]
