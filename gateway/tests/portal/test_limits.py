"""What the document says of the fields of bodies is what the services take, and no more or less."""

from collections.abc import Iterator
from typing import Any

import pytest
from ecatalog.core.errors import FieldErrors
from ecatalog.http.body import REPLACEMENT, Body
from ecatalog.http.openapi import describe
from ecatalog.http.samples import is_nullable
from fastapi.routing import APIRoute

from deploy.openapi import apps

Fields = dict[str, Any]


def bodies() -> dict[str, tuple[Body[Any], dict[str, Any], dict[str, Any]]]:
    """Every body that a route reads, by the name of its model, with its schema as one and an example."""
    found: dict[str, tuple[Body[Any], dict[str, Any], dict[str, Any]]] = {}
    for app in apps().values():
        routes = [route for route in app.routes if isinstance(route, APIRoute) and route.path.startswith("/api/")]
        components = describe("all", routes)["components"]
        public = [route for route in routes if not route.path.startswith("/internal/")]  # others are not described
        for call in (dependency.call for route in public for dependency in route.dependant.dependencies):
            if isinstance(call, Body):
                name = call.model.__name__
                schema = whole(components["schemas"], components["schemas"][name])
                example = components["examples"].get(name.removesuffix(REPLACEMENT), {"value": {}})["value"]
                found[name] = (call, schema, example)
    return found


def whole(schemas: dict[str, Any], schema: dict[str, Any]) -> dict[str, Any]:
    """A schema that takes its fields from another, as one."""
    if "allOf" not in schema:
        return schema
    base = schemas[schema["allOf"][0]["$ref"].rpartition("/")[2]]["properties"]
    own = schema.get("properties", {})
    return {**schema, "properties": {name: field | own.get(name, {}) for name, field in base.items()}}


BODIES = bodies()
# What must be there because another field has its default: the address of the kind of integrations that is called.
BY_DEFAULT = {"IntegrationIn": {"wsdl_url"}}


def fields() -> Iterator[tuple[str, str, Fields]]:
    for name, (_, schema, _) in BODIES.items():
        for field, told in schema["properties"].items():
            yield name, field, told


def refused(name: str, data: dict[str, Any]) -> dict[str, Any]:
    """What a body says of the fields of some data."""
    try:
        BODIES[name][0].validate(data)
    except FieldErrors as error:
        return error.body  # type: ignore[no-any-return]  # a mapping, as its constructor makes it
    return {}


def takes(name: str, field: str, value: Any) -> bool:
    return field not in refused(name, {**BODIES[name][2], field: value})


def test_there_are_many_bodies() -> None:
    assert len(BODIES) > 25
    assert len(list(fields())) > 300


@pytest.mark.parametrize("name", BODIES)
def test_required_is_what_must_be_there(name: str) -> None:
    _, schema, _ = BODIES[name]
    assert set(refused(name, {})) == {*schema.get("required", ()), *BY_DEFAULT.get(name, ())}


@pytest.mark.parametrize("name", BODIES)
def test_null_is_taken_where_it_is_told(name: str) -> None:
    properties = BODIES[name][1]["properties"]
    told = {field for field, schema in properties.items() if is_nullable(schema) or not schema}
    assert {field for field in properties if takes(name, field, None)} == told


def test_texts_are_as_long_as_told() -> None:
    tried = 0
    for name, field, told in fields():
        if (longest := told.get("maxLength")) is None:
            continue
        tried += 1
        assert not takes(name, field, "x" * (longest + 1)), (name, field)
        if not {"format", "pattern"} & told.keys() and not told.get("writeOnly"):
            assert takes(name, field, "x" * longest) or "url" in field or "email" in field or "website" in field, field
            assert takes(name, field, "") == ("minLength" not in told), (name, field)
        if (shortest := told.get("minLength", 0)) > 1:
            assert not takes(name, field, "x" * (shortest - 1)), (name, field)
    assert tried > 150


def test_numbers_have_the_bounds_that_are_told() -> None:
    tried = 0
    for name, field, told in fields():
        if "maximum" not in told:
            continue
        tried += 1
        low, high = told["minimum"], told["maximum"]
        assert takes(name, field, low), (name, field)
        assert takes(name, field, high), (name, field)
        assert not takes(name, field, low - 1), (name, field)
        assert not takes(name, field, high + 1), (name, field)
    assert tried > 20


def test_words_are_those_that_are_told() -> None:
    tried = 0
    for name, field, told in fields():
        for word in told.get("enum", ()):
            tried += 1
            assert takes(name, field, word), (name, field, word)
            assert not takes(name, field, f"{word}?"), (name, field)
    assert tried > 10


@pytest.mark.parametrize("name", BODIES)
def test_example_is_taken(name: str) -> None:
    """But for its files: a name is none."""
    _, schema, example = BODIES[name]
    files = {field for field, told in schema["properties"].items() if told.get("format") == "binary"}
    assert set(refused(name, example)) <= files | BY_DEFAULT.get(name, set())
