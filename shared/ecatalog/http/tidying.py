"""Tidies a document, so that it says each thing once, and nothing that its reader knows already."""

from collections import Counter
from collections.abc import Iterator
from typing import Any

SAID_BY_SILENCE = {"description", "required"}
"""These keys are omitted where they are empty or false."""


def tidied(schema: Any) -> Any:
    """Return a schema without titles that repeat field names, and with ``type: [string, null]`` for nullable fields."""
    if isinstance(schema, list):
        return [tidied(each) for each in schema]
    if not isinstance(schema, dict):
        return schema
    kept = {
        key: {name: tidied(field) for name, field in value.items()} if key == "properties" else tidied(value)
        for key, value in schema.items()
        if key != "title" and (value or key not in SAID_BY_SILENCE)
    }
    alternatives = kept.get("anyOf", ())
    if len(alternatives) == 2 and alternatives[1] == {"type": "null"} and _is_plain(alternatives[0]):
        del kept["anyOf"]
        first = alternatives[0]
        kinds = first["type"] if isinstance(first["type"], list) else [first["type"]]
        return first | {"type": [*kinds, "null"]} | kept
    return kept


def _is_plain(schema: dict[str, Any]) -> bool:
    return "type" in schema and "enum" not in schema and "const" not in schema


def only_used(schemas: dict[str, Any], roots: Any) -> dict[str, Any]:
    """Return the schemas that ``roots`` refer to, and those that they refer to."""
    used: set[str] = set()
    waiting = {*references(roots)}
    while waiting:
        name = waiting.pop()
        if name in schemas and name not in used:
            used.add(name)
            waiting |= {*references(schemas[name])} - used
    return {name: schema for name, schema in schemas.items() if name in used}


def references(node: Any) -> Iterator[str]:
    """Give the last part of every reference in a piece of a document."""
    if isinstance(node, dict):
        if isinstance(reference := node.get("$ref"), str):
            yield reference.rpartition("/")[2]
        for value in node.values():
            yield from references(value)
    elif isinstance(node, list):
        for value in node:
            yield from references(value)


def share_parameters(paths: dict[str, Any]) -> dict[str, Any]:
    """Let operations refer to the parameters that several of them have; return those as components."""
    having = [operation for path in paths.values() for operation in path.values() if "parameters" in operation]
    counted = Counter(str(each) for operation in having for each in operation["parameters"])
    shared: dict[str, Any] = {}
    for operation in having:
        told = []
        for each in operation["parameters"]:
            if counted[str(each)] > 1:
                name = _free_name(each, shared)
                shared[name] = each
                told.append({"$ref": f"#/components/parameters/{name}"})
            else:
                told.append(each)
        operation["parameters"] = told  # the list itself is the service's
    return shared


def _free_name(parameter: dict[str, Any], taken: dict[str, Any]) -> str:
    """Return the parameter's own name, with a number behind it where another one has that."""
    name, number = str(parameter["name"]), 1
    while taken.get(name, parameter) != parameter:
        number += 1
        name = f"{parameter['name']}-{number}"
    return name


def share_fields(schemas: dict[str, Any], whole: str, change: str) -> None:
    """Let the schema ``whole`` take its fields from ``change``, which has the same and requires none of them."""
    ours, theirs = schemas[whole], schemas[change]
    if ours["properties"].keys() != theirs["properties"].keys():
        return
    own = {
        name: {key: value for key, value in field.items() if theirs["properties"][name].get(key) != value}
        for name, field in ours["properties"].items()
    }
    rest = {key: value for key, value in ours.items() if key not in {"type", "properties"}}
    shared = {"allOf": [{"$ref": f"#/components/schemas/{change}"}]}
    schemas[whole] = shared | rest | {"properties": {name: field for name, field in own.items() if field}}
