"""The documents say what they said; only what their components are called is free."""

import json
import re
from collections.abc import Callable
from copy import deepcopy
from typing import Any

import pytest
from ecatalog.contracts import asyncapi

from deploy.openapi import document

from .nameless import digests, inlined, recorded

Document = dict[str, Any]
PRODUCTS = "/api/v1/nomenklatura/"
HOW = (
    "run `make contracts` and read `git diff docs/openapi.json shared/ecatalog/contracts/asyncapi.json`;"
    " if it is meant: `python -m gateway.tests.portal.nameless`"
)


@pytest.fixture(scope="module")
def api() -> Document:
    return document()


@pytest.fixture(scope="module")
def events() -> Document:
    return asyncapi.document()


def differences(before: dict[str, str], after: dict[str, str]) -> list[str]:
    return sorted(name for name in before.keys() | after.keys() if before.get(name) != after.get(name))


def test_every_operation_and_event_says_what_it_said(api: Document, events: Document) -> None:
    changed = differences(recorded(), digests(api, events))
    assert not changed, f"{', '.join(changed)}: {HOW}"


def test_record_holds_all(api: Document, events: Document) -> None:
    assert len(recorded()) == sum(map(len, api["paths"].values())) + len(events["operations"]) + 2


def renamed(document: Document, prefix: str) -> Document:
    """Its components, called otherwise."""
    text = re.sub(rf'("#/components/{prefix}/)', r"\1Other", json.dumps(document))
    told: Document = json.loads(text)
    told["components"][prefix] = {f"Other{name}": one for name, one in told["components"][prefix].items()}
    return told


@pytest.mark.parametrize("section", ["schemas", "responses", "examples", "parameters"])
def test_name_of_a_component_is_free(api: Document, events: Document, section: str) -> None:
    other = renamed(api, section)
    assert other != api
    assert differences(digests(api, events), digests(other, events)) == []


def test_name_of_an_event_s_class_is_free(api: Document, events: Document) -> None:
    text = json.dumps(events)
    for name in events["channels"]:
        text = text.replace(f'"{name}"', f'"Other{name}"').replace(f"/{name}", f"/Other{name}")
    other = json.loads(text)
    assert other["channels"].keys().isdisjoint(events["channels"])
    assert differences(digests(api, events), digests(api, other)) == []


def schema(document: Document, name: str) -> Document:
    found: Document = document["components"]["schemas"][name]
    return found


CHANGES: dict[str, tuple[Callable[[Document], Any], str]] = {
    "an operation": (lambda d: d["paths"][PRODUCTS].pop("get"), f"GET {PRODUCTS}"),
    "a sentence": (lambda d: d["paths"][PRODUCTS]["get"].update(summary="Products"), f"GET {PRODUCTS}"),
    "a parameter": (lambda d: d["paths"][PRODUCTS]["get"]["parameters"].pop(), f"GET {PRODUCTS}"),
    "a field of an answer": (
        lambda d: schema(d, "NomenklaturaOut")["properties"]["brand"].update(maxLength=9),
        f"POST {PRODUCTS}",
    ),
    "a field that is required": (lambda d: schema(d, "NomenklaturaIn")["required"].append("x"), f"POST {PRODUCTS}"),
    "the text of the whole": (lambda d: d["info"].update(title="API"), "the API as a whole"),
    "a path": (lambda d: d["paths"].update({"/api/v1/later/": {}}), "the API as a whole"),
}


@pytest.mark.parametrize("what", CHANGES)
def test_change_is_noticed(api: Document, events: Document, what: str) -> None:
    change, told = CHANGES[what]
    after = deepcopy(api)
    change(after)
    assert told in differences(digests(api, events), digests(after, events))


def test_change_of_an_event_is_noticed(api: Document, events: Document) -> None:
    after = deepcopy(events)
    schema(after, "ProjectRow")["properties"]["name"]["description"] = "Another."
    assert differences(digests(api, events), digests(api, after)) == ["event ecatalog.catalog.project.changed.v1"]


def test_what_refers_to_itself_comes_to_an_end() -> None:
    tree = {"properties": {"below": {"items": {"$ref": "#/components/schemas/Tree"}}}}
    document = {"components": {"schemas": {"Tree": tree}}}
    told = inlined(document, {"$ref": "#/components/schemas/Tree"})
    assert told == {"properties": {"below": {"items": {"$ref": 1}}}}
