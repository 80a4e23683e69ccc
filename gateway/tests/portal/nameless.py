"""What the documents of the API and of the events say, whatever their components are called.

``python -m gateway.tests.portal.nameless`` records it: one digest for each operation and event in ``nameless.json``.
"""

import hashlib
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from ecatalog.contracts import asyncapi

from deploy.openapi import document

FILE = Path(__file__).with_name("nameless.json")
Document = dict[str, Any]


def main() -> None:
    FILE.write_text(json.dumps(digests(document(), asyncapi.document()), indent=1) + "\n", encoding="utf-8")


def recorded() -> dict[str, str]:
    found: dict[str, str] = json.loads(FILE.read_text(encoding="utf-8"))
    return found


def digests(api: Document, events: Document) -> dict[str, str]:
    """One for each operation, each event, and what either document says of all of them."""
    parts = {**dict(_operations(api)), **dict(_events(events))}
    return {name: _digest(part) for name, part in parts.items()}


def _operations(api: Document) -> Iterator[tuple[str, Any]]:
    schemes = api["components"]["securitySchemes"]
    yield "the API as a whole", {**api, "paths": sorted(api["paths"]), "components": schemes}
    for path, methods in api["paths"].items():
        for method, operation in methods.items():
            yield f"{method.upper()} {path}", inlined(api, operation)


def _events(events: Document) -> Iterator[tuple[str, Any]]:
    schemes = events["components"]["securitySchemes"]
    yield "the events as a whole", {**events, "channels": [], "operations": [], "components": schemes}
    for operation in events["operations"].values():
        channel = inlined(events, operation["channel"])
        (message,) = channel["messages"].values()
        del message["title"]  # the name of a class
        told = {**inlined(events, operation), "channel": {**channel, "messages": []}, "messages": [message]}
        yield f"event {message['name']}", told


def inlined(document: Document, node: Any, above: tuple[str, ...] = ()) -> Any:
    """``node`` with all that it refers to in its place. What refers to itself says by how many steps."""
    if isinstance(node, list):
        return [inlined(document, item, above) for item in node]
    if not isinstance(node, dict):
        return node
    own = {key: inlined(document, value, above) for key, value in node.items() if key != "$ref"}
    reference = node.get("$ref")
    if not isinstance(reference, str):
        return own if reference is None else {**own, "$ref": inlined(document, reference, above)}
    if reference in above:
        return {**own, "$ref": len(above) - above.index(reference)}
    return {**inlined(document, _found(document, reference), (*above, reference)), **own}


def _found(document: Document, reference: str) -> Any:
    node: Any = document
    for part in reference.removeprefix("#/").split("/"):
        node = node[part.replace("~1", "/").replace("~0", "~")]
    return node


def _digest(part: Any) -> str:
    """The order of keys says nothing in JSON, and that of ``required`` names nothing in JSON Schema."""
    text = json.dumps(_sorted(part), ensure_ascii=False, sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def _sorted(node: Any) -> Any:
    if isinstance(node, list):
        return [_sorted(item) for item in node]
    if not isinstance(node, dict):
        return node
    told = {key: _sorted(value) for key, value in node.items()}
    if isinstance(required := told.get("required"), list):
        told["required"] = sorted(required, key=str)
    return told


if __name__ == "__main__":
    main()
