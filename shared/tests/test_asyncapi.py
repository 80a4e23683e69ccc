"""What other people are promised: written down, complete, valid, and nothing in it that is private."""

import gzip
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from ecatalog.contracts import asyncapi
from ecatalog.contracts.base import REGISTRY
from jsonschema import Draft7Validator  # type: ignore[import-untyped]  # it comes without types

# The schema of AsyncAPI 3.0.0 from npm's @asyncapi/specs 6.11.1 (Apache-2.0), without its descriptions and examples.
OFFICIAL = Path(__file__).parent / "asyncapi-3.0.0.json.gz"
PRIVATE = re.compile(
    "password|token|secret|e?mail|phone|fax|contact|person|note|metadata|address|tax_id|registration|uploader|device"
    "|user|agent|latitude|longitude|cost|revenue|credit|payment|tags|social|website"
)


@pytest.fixture(scope="module")
def document() -> dict[str, Any]:
    return asyncapi.document()


@pytest.fixture(scope="module")
def validator() -> Draft7Validator:
    return Draft7Validator(json.loads(gzip.decompress(OFFICIAL.read_bytes())))


def properties(node: Any, name: str = "") -> Iterator[tuple[str, dict[str, Any]]]:
    """Every property of every schema below ``node``, with its path."""
    if isinstance(node, list):
        for item in node:
            yield from properties(item, name)
    if isinstance(node, dict):
        for key, value in node.get("properties", {}).items():
            yield f"{name}.{key}", value
        for key, value in node.items():
            yield from properties(value, key if key == "properties" else f"{name}.{key}")


def test_stored_document_is_the_contracts() -> None:
    assert asyncapi.FILE.read_text(encoding="utf-8") == asyncapi.text(), "run `make contracts` and read the diff"


def test_document_is_asyncapi_3(document: dict[str, Any], validator: Draft7Validator) -> None:
    assert [error.message for error in validator.iter_errors(document)] == []
    broken = {**document, "operations": {"tell": {"action": "shout"}}}
    assert not validator.is_valid(broken)


def test_every_reference_leads_somewhere(document: dict[str, Any]) -> None:
    references = set(re.findall(r'"\$ref": "#/([^"]+)"', asyncapi.text()))
    assert references
    for reference in references:
        node = document
        for part in reference.split("/"):
            node = node[part]


def test_document_holds_the_public_types_and_no_other(document: dict[str, Any]) -> None:
    public = {kind.name: kind.subject for kind in REGISTRY.values() if kind.public}
    assert {message["name"] for message in document["components"]["messages"].values()} == set(public)
    assert {channel["address"] for channel in document["channels"].values()} == set(public.values())
    assert "internal." not in asyncapi.text()


def test_every_field_is_described(document: dict[str, Any]) -> None:
    schemas = document["components"]["schemas"]
    found = list(properties(schemas))
    assert len(found) > 80
    assert [name for name, field in found if not field.get("description")] == []
    assert [name for name, schema in schemas.items() if not schema.get("description")] == []


def test_no_field_is_private(document: dict[str, Any]) -> None:
    names = [name.rpartition(".")[2] for name, _ in properties(document["components"]["schemas"])]
    assert [name for name in names if PRIVATE.search(name)] == []


def test_no_field_could_hold_what_nobody_has_listed(document: dict[str, Any]) -> None:
    """An object without named fields, or a value without a type, publishes whatever is put into it."""
    data = {name: schema for name, schema in document["components"]["schemas"].items() if name != "Envelope"}
    objects = [name for name, schema in data.items() if not schema.get("properties")]
    untyped = [
        name for name, field in properties(data)
        if not {"anyOf", "$ref", "enum", "const"} & set(field) and field.get("type") in {None, "object"}
    ]  # fmt: skip
    assert (objects, untyped, "additionalProperties" in asyncapi.text()) == ([], [], False)


@pytest.mark.parametrize("name", sorted(name for name, kind in REGISTRY.items() if kind.public))
def test_recorded_event_is_what_the_document_says(document: dict[str, Any], name: str) -> None:
    recorded = json.loads((Path(__file__).parent / "recorded" / f"{name}.json").read_text())
    model = REGISTRY[name].model.__name__
    schema = {"$ref": f"#/components/schemas/{model}", "components": document["components"]}
    Draft7Validator(schema).validate(recorded)
