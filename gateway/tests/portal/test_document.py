"""The whole API document: small, explained, with examples that are true, and with what its readers rely on kept."""

from collections.abc import Iterator
from typing import Any

import orjson
import pytest
from jsonschema import Draft202012Validator, FormatChecker  # type: ignore[import-untyped]  # it has none
from portal.merging import DESCRIPTION
from schemathesis.openapi import from_dict

from deploy.openapi import document as made

MOST_BYTES = 300_000
OPERATIONS = 120
TEXTS = ("application/json", "text/", "+xml", "+json", "x-ndjson", "x-www-form", "form-data")


@pytest.fixture(scope="module")
def document() -> dict[str, Any]:
    return made()


def operations(document: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            yield f"{method.upper()} {path}", operation


def resolved(document: dict[str, Any], node: Any) -> Any:
    """A node, or what it refers to."""
    while isinstance(node, dict) and "$ref" in node:
        _, *parts = node["$ref"].split("/")
        node = document
        for part in parts:
            node = node[part]
    return node


def contents(document: dict[str, Any]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Where a body or an answer stands, its kind, and what is told of it."""
    for name, operation in operations(document):
        parts = {"body": operation.get("requestBody", {}), **operation["responses"]}
        for part, told in parts.items():
            for kind, content in resolved(document, told).get("content", {}).items():
                yield f"{name} {part}", kind, content


def examples(document: dict[str, Any], content: dict[str, Any]) -> list[Any]:
    named = content.get("examples", {}).values()
    return [
        *([content["example"]] if "example" in content else []),
        *(resolved(document, one)["value"] for one in named),
    ]


def test_document_is_small(document: dict[str, Any]) -> None:
    assert len(list(operations(document))) >= OPERATIONS
    assert len(orjson.dumps(document)) < MOST_BYTES


def test_document_is_valid_openapi_and_all_it_refers_to_is_there(document: dict[str, Any]) -> None:
    from_dict(document).validate()
    for reference in set(all_references(document)):
        resolved(document, {"$ref": reference})


def all_references(node: Any) -> Iterator[str]:
    if isinstance(node, dict):
        if isinstance(node.get("$ref"), str):
            yield node["$ref"]
        for value in node.values():
            yield from all_references(value)
    elif isinstance(node, list):
        for value in node:
            yield from all_references(value)


def test_every_operation_parameter_and_tag_is_explained(document: dict[str, Any]) -> None:
    unexplained = [
        name for name, told in operations(document) if not told.get("description") or not told.get("summary")
    ]
    assert unexplained == []
    parameters = [
        (name, resolved(document, one)) for name, told in operations(document) for one in told.get("parameters", ())
    ]
    assert [
        (name, one["name"]) for name, one in parameters if one["in"] == "query" and not one.get("description")
    ] == []
    explained = {tag["name"] for tag in document["tags"] if tag["description"].endswith(".")}
    assert {tag for _, told in operations(document) for tag in told["tags"]} == explained


def test_operations_have_names_of_their_own(document: dict[str, Any]) -> None:
    names = [told["operationId"] for _, told in operations(document)]
    assert len(set(names)) == len(names)


def test_refusals_are_told_once_and_named_everywhere(document: dict[str, Any]) -> None:
    for name, told in operations(document):
        assert told["responses"]["default"] == {"$ref": "#/components/responses/default"}, name
        refused = {status: each for status, each in told["responses"].items() if status >= "4" and status != "default"}
        assert {status for status, each in refused.items() if "$ref" not in each} <= {"413"}, name
    for status in ("400", "401", "403", "406", "413", "429", "503"):
        assert f"| {status} |" in DESCRIPTION
        assert document["components"]["responses"][status]["content"]["application/json"]["example"]


def test_every_body_and_answer_in_words_shows_an_example(document: dict[str, Any]) -> None:
    silent = [
        (where, kind)
        for where, kind, content in contents(document)
        if any(mark in kind for mark in TEXTS) and not examples(document, content)
    ]
    assert silent == []


def test_every_example_is_one_of_its_schema(document: dict[str, Any]) -> None:
    checked = 0
    for where, kind, content in contents(document):
        schema = {**content.get("schema", {}), "components": document["components"]}
        for example in examples(document, content):
            problems = Draft202012Validator(schema, format_checker=FormatChecker()).iter_errors(example)
            assert [problem.message for problem in problems] == [], (where, kind)
            checked += 1
    assert checked > OPERATIONS


def test_answers_are_described(document: dict[str, Any]) -> None:
    bare = [
        name
        for name, told in operations(document)
        for status, answer in told["responses"].items()
        if status in {"200", "201", "202", "207"}
        and not any(content.get("schema") for content in answer.get("content", {}).values())
    ]
    assert bare == []
