"""What clients were promised is kept: the stored document tells, and the present one may only say more."""

from collections.abc import Callable
from copy import deepcopy
from typing import Any

import pytest

from deploy.openapi import document, stored

from .promises import Promises

Document = dict[str, Any]
PRODUCT, PRODUCTS = "/api/v1/nomenklatura/{code}/", "/api/v1/nomenklatura/"


def test_nothing_that_was_promised_is_broken() -> None:
    broken = Promises(stored(), document()).broken()
    assert broken == [], "clients rely on this; if it must change all the same, run `make contracts` and read the diff"


def test_stored_document_promises_much() -> None:
    assert sum(map(len, stored()["paths"].values())) >= 120


def schemas(document: Document) -> Document:
    found: Document = document["components"]["schemas"]
    return found


BREAKS: dict[str, tuple[Callable[[Document], Any], str]] = {
    "a path": (lambda d: d["paths"].pop(PRODUCT), "is gone"),
    "a method": (lambda d: d["paths"][PRODUCT].pop("patch"), "is gone"),
    "a name": (lambda d: d["paths"][PRODUCTS]["get"].update(operationId="products"), "another operationId"),
    "a right": (lambda d: d["paths"][PRODUCTS]["get"].pop("security"), "asks for a token"),
    "a parameter": (lambda d: d["paths"][PRODUCTS]["get"]["parameters"].pop(), "no longer takes"),
    "a new need": (
        lambda d: d["paths"][PRODUCTS]["get"]["parameters"].append(
            {"name": "tenant", "in": "query", "required": True, "schema": {"type": "string"}}
        ),
        "requires tenant",
    ),
    "an answer": (lambda d: d["paths"][PRODUCTS]["post"]["responses"].pop("201"), "no longer answers 201"),
    "a field given": (lambda d: schemas(d)["NomenklaturaOut"]["properties"].pop("brand"), "lacks brand"),
    "a field's type": (
        lambda d: schemas(d)["NomenklaturaOut"]["properties"].update(id={"type": "string"}),
        "may be ['string']",
    ),
    "a field that may be null": (
        lambda d: schemas(d)["NomenklaturaOut"]["properties"].update(name={"type": ["string", "null"]}),
        "may be ['null']",
    ),
    "a field taken": (
        lambda d: schemas(d)["NomenklaturaInChange"]["properties"].pop("brand"),
        "no longer takes brand",
    ),
    "a required field": (lambda d: schemas(d)["NomenklaturaIn"]["required"].append("brand"), "requires ['brand']"),
    "a length": (
        lambda d: schemas(d)["NomenklaturaInChange"]["properties"]["brand"].update(maxLength=10),
        "narrower maxLength",
    ),
    "a kind of body": (
        lambda d: d["paths"][PRODUCTS]["post"]["requestBody"]["content"].pop("multipart/form-data"),
        "no longer takes multipart/form-data",
    ),
}


@pytest.mark.parametrize("what", BREAKS)
def test_break_is_noticed(what: str) -> None:
    change, told = BREAKS[what]
    after = deepcopy(stored())
    change(after)
    assert any(told in each for each in Promises(stored(), after).broken())


def test_more_is_no_break() -> None:
    after = deepcopy(stored())
    schemas(after)["NomenklaturaOut"]["properties"]["later"] = {"type": "string"}
    schemas(after)["NomenklaturaInChange"]["properties"]["later"] = {"type": "string"}
    after["paths"]["/api/v1/later/"] = {"get": {}}
    assert Promises(stored(), after).broken() == []
