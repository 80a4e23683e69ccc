"""The OpenAPI document of a service, and the page that shows it without the internet."""

from collections.abc import Iterable
from typing import Any

from fastapi.openapi.utils import get_openapi
from fastapi.routing import APIRoute

from ecatalog.auth import permission_of
from ecatalog.body import BodyReader

DETAIL = {"type": "object", "properties": {"detail": {"type": "string"}}}
MESSAGES = {"type": "object", "description": "Messages by field, or `detail`."}
READS, WRITES, CHANGES = ("get",), ("post", "put", "patch", "delete"), ("put", "patch")
ALL = READS + WRITES

# What every operation of these methods may answer, told here once for all routes.
ANSWERS: tuple[tuple[str, tuple[str, ...], str, dict[str, Any] | None], ...] = (
    ("304", READS, "Unchanged: `If-None-Match` names the row's or page's `ETag`.", None),
    ("400", ALL, 'Field errors: `{"field": ["message"]}`, or `{"detail": …}`.', MESSAGES),
    ("401", ALL, "No credentials, or a token that is not valid.", DETAIL),
    ("403", ALL, "The role of the user does not allow it.", DETAIL),
    ("404", ALL, '`{"detail": "Not found."}`', DETAIL),
    ("406", ALL, "The answer does not come in what `Accept` names.", DETAIL),
    (
        "409",
        ALL,
        "Several rows have this code (`projects` lists them), or the state of the row does not allow it.",
        DETAIL,
    ),
    ("412", CHANGES, "The row has changed since the `ETag` in `If-Match`.", DETAIL),
    ("413", WRITES, "The body is too large.", DETAIL),
    ("414", ALL, "The address is too long.", DETAIL),
    ("415", WRITES, "The body is not of a type that is read here.", DETAIL),
    ("429", ALL, "Too many requests; `Retry-After` says when to come back.", DETAIL),
    ("431", ALL, "The headers are too large.", DETAIL),
    ("503", ALL, "Something that this needs is away for a moment; `Retry-After` says when to come back.", DETAIL),
)


def describe(title: str, routes: Iterable[APIRoute]) -> dict[str, Any]:
    """OpenAPI of the public routes: FastAPI's own, plus bodies, filters, security and errors of ours."""
    shown = [route for route in routes if route.path.startswith("/api/") and route.include_in_schema]
    document = get_openapi(title=title, version="1.0.0", routes=shown)
    components = document.setdefault("components", {})
    schemas = components.setdefault("schemas", {})
    components["securitySchemes"] = {"bearer": {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"}}
    for route in shown:
        for method in route.methods or ():
            operation = document["paths"][route.path_format][method.lower()]
            _complete(operation, route, schemas)
            _add_answers(operation["responses"], method.lower())
    return document


def _complete(operation: dict[str, Any], route: APIRoute, schemas: dict[str, Any]) -> None:
    permission = permission_of(route)
    if permission is not None and not permission.public:
        operation["security"] = [{"bearer": []}]
    elif permission is not None and permission.name == "anyone":
        operation["security"] = [{}, {"bearer": []}]
    operation["responses"].pop("422", None)
    for dependency in route.dependant.dependencies:
        call = dependency.call
        if isinstance(call, BodyReader):
            operation["requestBody"] = call.openapi()
            schema = call.model.model_json_schema(ref_template="#/components/schemas/{model}")
            schemas.update(schema.pop("$defs", {}))
            schemas[call.model.__name__] = schema
        elif parameters := getattr(call, "parameters", None):
            operation.setdefault("parameters", []).extend(parameters)


def _add_answers(responses: dict[str, Any], method: str) -> None:
    for status, methods, text, schema in ANSWERS:
        if method in methods:
            content = {"content": {"application/json": {"schema": schema}}} if schema else {}
            responses.setdefault(status, {"description": text, **content})


def docs_page(title: str) -> str:
    """A plain page listing a service's operations from its ``openapi.json``; needs nothing from outside."""
    return f"""<!doctype html><html lang="en"><meta charset="utf-8"><title>{title}</title>
<style>body{{font:15px/1.5 system-ui;margin:2rem auto;max-width:60rem;padding:0 1rem}}code{{font-weight:600}}
li{{margin:.4rem 0}}small{{color:#666}}</style><h1>{title}</h1>
<p>The machine-readable description is <a href="openapi.json">openapi.json</a>.</p><ul id="list"></ul>
<script>
fetch("openapi.json").then(r => r.json()).then(d => {{
  for (const [path, methods] of Object.entries(d.paths)) for (const [method, operation] of Object.entries(methods)) {{
    const item = document.createElement("li"), code = document.createElement("code");
    code.textContent = method.toUpperCase() + " " + path;
    const note = document.createElement("small");
    note.textContent = " " + (operation.summary || "");
    item.append(code, note); document.getElementById("list").append(item);
  }}
}});
</script></html>"""
