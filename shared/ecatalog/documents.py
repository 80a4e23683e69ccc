"""The OpenAPI document of a service, and the page that shows it without the internet."""

from collections.abc import Iterable
from typing import Any

from fastapi.openapi.utils import get_openapi
from fastapi.routing import APIRoute

from ecatalog.auth import permission_of
from ecatalog.body import Body

ERRORS = {
    "400": "Field errors: `{\"field\": [\"message\"]}`, or `{\"detail\": …}`.",
    "401": "No credentials, or a token that is not valid.",
    "404": "`{\"detail\": \"Not found.\"}`",
    "429": "Too many requests; `Retry-After` says when to come back.",
}  # fmt: skip


def describe(title: str, routes: Iterable[APIRoute]) -> dict[str, Any]:
    """OpenAPI of the public routes: FastAPI's own, plus bodies, filters, security and errors of ours."""
    shown = [route for route in routes if route.path.startswith("/api/")]
    document = get_openapi(title=title, version="1.0.0", routes=shown)
    components = document.setdefault("components", {})
    schemas = components.setdefault("schemas", {})
    components["securitySchemes"] = {"bearer": {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"}}
    for route in shown:
        for method in route.methods or ():
            operation = document["paths"][route.path_format][method.lower()]
            _complete(operation, route, schemas)
    return document


def _complete(operation: dict[str, Any], route: APIRoute, schemas: dict[str, Any]) -> None:
    permission = permission_of(route)
    if permission is not None and not permission.public:
        operation["security"] = [{"bearer": []}]
    elif permission is not None and permission.name == "anyone":
        operation["security"] = [{}, {"bearer": []}]
    operation["responses"].pop("422", None)
    for status, text in ERRORS.items():
        operation["responses"].setdefault(status, {"description": text})
    for dependency in route.dependant.dependencies:
        call = dependency.call
        if isinstance(call, Body):
            operation["requestBody"] = call.openapi()
            schema = call.model.model_json_schema(ref_template="#/components/schemas/{model}")
            schemas.update(schema.pop("$defs", {}))
            schemas[call.model.__name__] = schema
        elif parameters := getattr(call, "parameters", None):
            operation.setdefault("parameters", []).extend(parameters)


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
