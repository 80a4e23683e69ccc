"""The events for other people are described: on a page for people, in AsyncAPI for programs."""

from functools import cache
from html import escape
from typing import Any

import orjson
import yaml
from ecatalog.contracts.asyncapi import FILE
from ecatalog.contracts.base import REGISTRY
from ecatalog.contracts.schemas import stored
from ecatalog.http.middleware import CountedRoute
from ecatalog.http.responses import Json
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute

from portal.page import Page, html
from portal.prose import paragraphs, words

JSON_DOCUMENT, YAML_DOCUMENT = "application/vnd.aai.asyncapi+json", "application/vnd.aai.asyncapi+yaml"
FORMATS = {"json": JSON_DOCUMENT, "yaml": YAML_DOCUMENT, "html": "text/html"}


def routes() -> list[BaseRoute]:
    """Return the routes of the page, and of the JSON Schema of each public type at the address that events name."""
    return [
        CountedRoute("/api/events/", _events),
        CountedRoute("/api/events/schemas/{name}/", _schema),
    ]


async def _events(request: Request) -> Response:
    kind = _wanted(request)
    if kind == "text/html":
        return Page(_page(), headers={"Vary": "Accept"})
    extension = "json" if kind == JSON_DOCUMENT else "yaml"
    headers = {"Content-Disposition": f'inline; filename="E-Catalog events.{extension}"', "Vary": "Accept"}
    body = FILE.read_bytes() if kind == JSON_DOCUMENT else _yaml()
    return Response(body, media_type=kind if kind == JSON_DOCUMENT else f"{kind}; charset=utf-8", headers=headers)


async def _schema(request: Request) -> Response:
    name = request.path_params["name"]
    kind = REGISTRY.get(name)
    if kind is None or not kind.public:
        raise HTTPException(404)
    return Json(stored(name))


def _wanted(request: Request) -> str:
    """Return the form that ``?format=`` asks for, or else Accept. Browsers ask for none, so the page is the default."""
    asked = request.query_params.get("format")
    if asked in FORMATS:
        return FORMATS[asked]
    accepted = request.headers.get("accept", "")
    if "text/html" not in accepted:
        for mark, kind in (("json", JSON_DOCUMENT), ("yaml", YAML_DOCUMENT)):
            if mark in accepted:
                return kind
    return "text/html"


@cache
def _document() -> dict[str, Any]:
    document: dict[str, Any] = orjson.loads(FILE.read_bytes())
    return document


@cache
def _yaml() -> bytes:
    text: str = yaml.safe_dump(_document(), allow_unicode=True, sort_keys=False, width=120)
    return text.encode()


@cache
def _page() -> str:
    document = _document()
    schemas = document["components"]["schemas"]
    contents = "".join(f'<li><a href="#{name}">{name}</a></li>' for name in [*document["channels"], "Envelope"])
    channels = "".join(_channel(name, channel, document) for name, channel in document["channels"].items())
    envelope = f'<h2 id="Envelope">Envelope</h2>{_fields(schemas["Envelope"])}'
    rows = "".join(
        f'<h2 id="{name}">{name}</h2><p>{words(schema["description"])}</p>{_fields(schema)}'
        for name, schema in schemas.items()
        if name not in {*document["channels"], "Envelope"}
    )
    return html(
        "E-Catalog events",
        f"<h1>E-Catalog events</h1>{paragraphs(document['info']['description'])}"
        f"<p>The same as AsyncAPI 3: <a href='/api/events/?format=json'>JSON</a>, "
        f"<a href='/api/events/?format=yaml'>YAML</a>. Complete subscribers in Python and JavaScript, and how to "
        f"connect them, are in <code>docs/events.md</code> of the project.</p><ul>{contents}</ul>"
        f"{channels}{envelope}{rows}",
    )


def _channel(name: str, channel: dict[str, Any], document: dict[str, Any]) -> str:
    message, schema = document["components"]["messages"][name], document["components"]["schemas"][name]
    kind = message["name"]
    return (
        f'<h2 id="{name}">{name}</h2><p>{words(schema["description"])}</p><table>'
        f"<tr><th>type</th><td><code>{escape(kind)}</code></td></tr>"
        f"<tr><th>subject</th><td><code>{escape(channel['address'])}</code></td></tr>"
        f"<tr><th>stream</th><td><code>{escape(channel['x-stream'])}</code></td></tr>"
        f'<tr><th>schema</th><td><a href="/api/events/schemas/{kind}/">JSON Schema of the data</a></td></tr>'
        f"</table>{_fields(schema)}"
    )


def _fields(schema: dict[str, Any]) -> str:
    rows = "".join(
        f"<tr><td><code>{escape(name)}</code></td><td class='type'>{_type(field)}</td>"
        f"<td>{words(field['description'])}</td></tr>"
        for name, field in schema["properties"].items()
    )
    return f"<table><tr><th>Field</th><th>Type</th><th>Meaning</th></tr>{rows}</table>"


def _type(field: dict[str, Any]) -> str:
    if "$ref" in field:
        name = field["$ref"].rpartition("/")[2]
        return f'<a href="#{name}">{name}</a>'
    if "anyOf" in field:
        return " or ".join(_type(part) for part in field["anyOf"])
    if "const" in field or "enum" in field:
        return " or ".join(f"<code>{escape(str(value))}</code>" for value in field.get("enum", [field.get("const")]))
    return f"list of {_type(field['items'])}" if field["type"] == "array" else escape(field["type"])
