"""Writes the OpenAPI document of a service, and the page that shows it without the internet."""

from collections.abc import Iterable
from typing import Any

from fastapi.openapi.utils import get_openapi
from fastapi.routing import APIRoute

from ecatalog.http import refusals
from ecatalog.http.body import CHANGE, REPLACEMENT, BodyReader
from ecatalog.http.samples import Facts, Samples
from ecatalog.http.tidying import only_used, share_fields, tidied
from ecatalog.security.permissions import permission_of

DONE = {
    "200": "The answer.",
    "201": "The new row.",
    "202": "A worker does it.",
    "204": "Done.",
    "207": "Each row has an outcome of its own.",
}


def describe(title: str, routes: Iterable[APIRoute], facts: Facts | None = None) -> dict[str, Any]:
    """Return OpenAPI of the public routes: FastAPI's own with our bodies, filters, security, errors and examples."""
    shown = [route for route in routes if route.path.startswith("/api/") and route.include_in_schema]
    document = get_openapi(title=title, version="1.0.0", routes=shown)
    schemas = document.setdefault("components", {}).setdefault("schemas", {})
    for route in shown:
        for method in route.methods or ():
            operation = document["paths"][route.path_format][method.lower()]
            _complete(operation, route, schemas)
            refusals.add_to(operation["responses"], method.lower())
    document["paths"] = paths = tidied(document["paths"])
    schemas = tidied(schemas) | refusals.SCHEMAS
    for change in [name for name in schemas if name.endswith(CHANGE)]:
        for whole in (change.removesuffix(CHANGE), change.removesuffix(CHANGE) + REPLACEMENT):
            if whole in schemas:
                share_fields(schemas, whole, change)
    schemas = only_used(schemas, [paths, refusals.responses()])
    document["components"] = {
        "schemas": schemas,
        "responses": refusals.responses(),
        "examples": _add_examples(paths, Samples(schemas, facts or {})),
        "securitySchemes": {"bearer": {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"}},
    }
    return document


def _complete(operation: dict[str, Any], route: APIRoute, schemas: dict[str, Any]) -> None:
    permission = permission_of(route)
    if permission is not None and not permission.public:
        operation["security"] = [{"bearer": []}]
    elif permission is not None and permission.name == "anyone":
        operation["security"] = [{}, {"bearer": []}]
    operation["responses"].pop("422", None)
    for status, response in operation["responses"].items():
        if response.get("description") == "Successful Response":
            response["description"] = DONE[status]
    for dependency in route.dependant.dependencies:
        call = dependency.call
        if isinstance(call, BodyReader):
            operation["requestBody"] = call.openapi()
            schemas.update(call.schemas())
        elif parameters := getattr(call, "parameters", None):
            operation.setdefault("parameters", []).extend(parameters)


def _add_examples(paths: dict[str, Any], samples: Samples) -> dict[str, Any]:
    """Add an example to each body and answer in JSON or a form; named ones are components."""
    shared: dict[str, Any] = {}
    for operation in (operation for path in paths.values() for operation in path.values()):
        parts = [operation.get("requestBody", {}), *operation["responses"].values()]
        for content in (content for part in parts for content in part.get("content", {}).values()):
            schema = content.get("schema")
            if not schema or "example" in content or schema.get("format") == "binary":
                continue
            if reference := schema.get("$ref"):
                name = reference.rpartition("/")[2].removesuffix(REPLACEMENT)
                shared[name] = {"value": samples.of({"$ref": f"#/components/schemas/{name}"})}
                content["examples"] = {"example": {"$ref": f"#/components/examples/{name}"}}
            else:
                content["example"] = samples.of(schema)
    return shared


def docs_page(title: str) -> str:
    """Return a plain page that lists a service's operations from its ``openapi.json``, without the internet."""
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
