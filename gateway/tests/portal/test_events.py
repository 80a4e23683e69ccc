"""Whoever wants to subscribe finds what is told, as a page and as AsyncAPI, without the internet."""

import re
from collections.abc import AsyncIterator

import httpx
import pytest
import yaml
from ecatalog.contracts import asyncapi
from ecatalog.contracts.base import REGISTRY, EventData, EventType
from portal.events import JSON_DOCUMENT, YAML_DOCUMENT
from portal.main import create
from portal.settings import PortalSettings

BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"
PUBLIC = [kind for kind in REGISTRY.values() if kind.public]


@pytest.fixture(scope="module")
async def portal() -> AsyncIterator[httpx.AsyncClient]:
    app = create(PortalSettings())
    async with (
        app.router.lifespan_context(app),
        httpx.AsyncClient(transport=httpx.ASGITransport(app=app), base_url="http://gate") as client,
    ):
        yield client


@pytest.mark.parametrize(
    ("query", "accept", "kind"),
    [
        ("", "*/*", "text/html"),
        ("", BROWSER, "text/html"),
        ("", "application/json", JSON_DOCUMENT),
        ("", JSON_DOCUMENT, JSON_DOCUMENT),
        ("", "application/yaml", YAML_DOCUMENT),
        ("?format=json", BROWSER, JSON_DOCUMENT),
        ("?format=yaml", "*/*", YAML_DOCUMENT),
        ("?format=html", "application/json", "text/html"),
    ],
)
async def test_form_follows_the_query_then_accept(
    portal: httpx.AsyncClient, query: str, accept: str, kind: str
) -> None:
    answer = await portal.get(f"/api/events/{query}", headers={"Accept": accept})
    assert answer.headers["content-type"].partition(";")[0] == kind
    assert answer.headers["vary"] == "Accept"
    if kind != "text/html":
        assert yaml.safe_load(answer.text) == asyncapi.document()


async def test_page_explains_every_event_and_field(portal: httpx.AsyncClient) -> None:
    page = (await portal.get("/api/events/")).text
    for kind in PUBLIC:
        assert kind.name in page
        assert f"<code>{kind.subject}</code>" in page
    for schema in asyncapi.document()["components"]["schemas"].values():
        assert all(f"<code>{field}</code>" in page for field in schema["properties"])


async def test_page_loads_nothing_and_all_its_links_lead_somewhere(portal: httpx.AsyncClient) -> None:
    page = (await portal.get("/api/events/")).text
    assert "src=" not in page
    links = re.findall(r"""href=["']([^"']+)["']""", page)
    assert len(links) > len(PUBLIC)
    for link in links:
        if link.startswith("#"):
            assert f'id="{link[1:]}"' in page
        else:
            assert (await portal.get(link)).status_code == 200, link


@pytest.mark.parametrize("kind", PUBLIC)
async def test_schema_lies_where_events_say(portal: httpx.AsyncClient, kind: EventType[EventData]) -> None:
    answer = await portal.get(kind.dataschema)
    assert (answer.status_code, answer.json()["title"]) == (200, kind.model.__name__)


@pytest.mark.parametrize("name", ["ecatalog.auth.user.changed.v1", "ecatalog.catalog.chunk.applied.v1", "nothing"])
async def test_internal_schemas_are_not_found(portal: httpx.AsyncClient, name: str) -> None:
    assert (await portal.get(f"/api/events/schemas/{name}/")).json() == {"detail": "Not found."}
