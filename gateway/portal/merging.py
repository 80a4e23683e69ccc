"""The documents of the services are merged into one OpenAPI document of the gateway."""

from typing import Any

from ecatalog.http import refusals
from ecatalog.http.tidying import share_parameters

ALL = ""
"""The name that stands for every service."""

SECTIONS = ("schemas", "responses", "examples")
SIGNED_IN: list[dict[str, list[str]]] = [{"bearer": []}]
METHODS = ("get", "post", "put", "patch", "delete")

DESCRIPTION = f"""\
Products, clients and projects out of 1C:Enterprise, served to web shops, mobile agents and partners.

- **Sign in** at `POST /api/token/` and send `Authorization: Bearer <access>`; what anybody may read needs no token.
- **Lists** come in pages: by `limit` and `offset`, by `page`, or by `cursor`; `next` and `previous` are addresses.
- **Bodies** are JSON or a form; of a change only what is sent changes.
- **Times** have the offset of the system's zone; one that is sent without an offset is of that zone.
- **Numbers with fixed places** come as text; a number and text are both taken.
- **ETag**: send it back as `If-None-Match` and get 304 while nothing has changed, or as `If-Match` and get 412 when
  somebody else has changed the row.
- **X-Request-ID** names a request in every log; yours is kept.

# Refusals

Any operation may answer one of these instead; those that say something of an operation stand with it, too.

{refusals.table()}"""

TAGS = {
    "agent-location": "Positions that agents' phones send: single or in batches, where agents are now, their days.",
    "client": "The distributor's clients; each user sees those of the regions that the user has.",
    "client-image": "Pictures of clients, such as the front of a shop.",
    "image-source": "Who took a picture, where and with what.",
    "image-status": "The words for what is done with a picture, such as `approved`.",
    "integration": "Connections to 1C, and the syncs that fetch products and clients from it.",
    "integration-preset": "The mappings that connections to 1C begin with.",
    "nomenklatura": "The products, with search in any script, Excel, rows in bulk and descriptions by a model.",
    "nomenklatura-image": "Pictures of products.",
    "project": "Projects: bases of 1C, or branches, to which products and clients belong.",
    "project-image": "Pictures of projects.",
    "source-file": "Files of 1C that a person brings.",
    "thumbnails": "The newest pictures of everything, small.",
    "token": "Signing in, renewing and ending a session.",
    "users": "Users, their roles and regions; and what everyone may know of themselves.",
}


def merge(documents: dict[str, dict[str, Any]], service: str = ALL) -> dict[str, Any]:
    """Merge the documents. Components keep their names, with the service's in front where two differ."""
    paths: dict[str, Any] = {}
    components: dict[str, dict[str, Any]] = {section: {} for section in SECTIONS}
    for owner, document in documents.items():
        renamed = _clashes(owner, document, components)
        for section, held in components.items():
            for name, one in _own(document, section).items():
                reference = f"#/components/{section}/{name}"
                held[renamed.get(reference, reference).rpartition("/")[2]] = _rename(one, renamed)
        for path, operations in document.get("paths", {}).items():
            told = {each: _told(path, operations[each]) for each in METHODS if each in operations}
            paths[path] = _rename(told, renamed)
    components["parameters"] = share_parameters(paths)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": f"E-Catalog API: {service}" if service else "E-Catalog API",
            "version": "1.0.0",
            "description": DESCRIPTION,
        },
        "servers": [{"url": "/"}],
        "security": SIGNED_IN,
        "tags": [{"name": name, "description": text} for name, text in TAGS.items() if name in map(tag_of, paths)],
        "paths": dict(sorted(paths.items())),
        "components": {
            **{section: dict(sorted(held.items())) for section, held in components.items()},
            "securitySchemes": {"bearer": {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"}},
        },
    }


def tag_of(path: str) -> str:
    """Return the tag of all operations of a path."""
    return path.removeprefix("/api/v1/").removeprefix("/api/").partition("/")[0]


def _told(path: str, operation: dict[str, Any]) -> dict[str, Any]:
    """Return an operation with its tag first; the answers that any operation may give are described once."""
    responses = refusals.condense(path, operation.get("responses", {}))
    told = {**operation, "tags": [tag_of(path)], "responses": responses}
    if told.setdefault("security", []) == SIGNED_IN:
        del told["security"]  # as it is for the whole
    return told


def _clashes(owner: str, document: dict[str, Any], components: dict[str, dict[str, Any]]) -> dict[str, str]:
    """Find the components of a service that another service has by the same name; maps references to new ones."""
    return {
        f"#/components/{section}/{name}": f"#/components/{section}/{owner.title()}{name}"
        for section, held in components.items()
        for name, one in _own(document, section).items()
        if name in held and held[name] != one
    }


def _own(document: dict[str, Any], section: str) -> dict[str, Any]:
    found: dict[str, Any] = document.get("components", {}).get(section, {})
    return found


def _rename(node: Any, renamed: dict[str, str]) -> Any:
    if not renamed:
        return node
    if isinstance(node, list):
        return [_rename(item, renamed) for item in node]
    if not isinstance(node, dict):
        return node
    result = {key: _rename(value, renamed) for key, value in node.items()}
    if isinstance(reference := result.get("$ref"), str):
        result["$ref"] = renamed.get(reference, reference)
    return result
