"""What an API document promises its readers, and which promises another one breaks."""

from collections.abc import Iterator
from typing import Any

Schema = dict[str, Any]


class Promises:
    """Compares a document with a later one; each break is a sentence."""

    def __init__(self, before: Schema, after: Schema) -> None:
        self._before = before
        self._after = after
        self._seen: set[tuple[str, str, bool]] = set()

    def broken(self) -> list[str]:
        return [*self._operations()]

    def _operations(self) -> Iterator[str]:
        for path, methods in self._before["paths"].items():
            for method, old in methods.items():
                where = f"{method.upper()} {path}"
                new = self._after["paths"].get(path, {}).get(method)
                if new is None:
                    yield f"{where} is gone"
                    continue
                if old["operationId"] != new["operationId"]:
                    yield f"{where} has another operationId"
                yield from self._rights(where, old, new)
                yield from self._parameters(where, old, new)
                yield from self._bodies(where, old, new)
                yield from self._answers(where, old, new)

    def _rights(self, where: str, old: Schema, new: Schema) -> Iterator[str]:
        if is_open(self._before, old) and not is_open(self._after, new):
            yield f"{where} asks for a token"

    def _parameters(self, where: str, old: Schema, new: Schema) -> Iterator[str]:
        before, after = self._named(self._before, old), self._named(self._after, new)
        for key, parameter in before.items():
            if key not in after:
                yield f"{where} no longer takes {key[1]}"
            else:
                yield from self._taken(f"{where} {key[1]}", parameter["schema"], after[key]["schema"])
        for key, parameter in after.items():
            if parameter.get("required") and not before.get(key, {}).get("required"):
                yield f"{where} requires {key[1]}"

    def _named(self, document: Schema, operation: Schema) -> dict[tuple[str, str], Schema]:
        each = (resolved(document, one) for one in operation.get("parameters", ()))
        return {(one["in"], one["name"]): one for one in each}

    def _bodies(self, where: str, old: Schema, new: Schema) -> Iterator[str]:
        before, after = old.get("requestBody", {}), new.get("requestBody", {})
        if after.get("required") and not before.get("required"):
            yield f"{where} requires a body"
        for kind, content in before.get("content", {}).items():
            if kind not in after.get("content", {}):
                yield f"{where} no longer takes {kind}"
            else:
                yield from self._taken(f"{where} body", content["schema"], after["content"][kind]["schema"])

    def _answers(self, where: str, old: Schema, new: Schema) -> Iterator[str]:
        for status, answer in old["responses"].items():
            if status not in new["responses"]:
                yield f"{where} no longer answers {status}"
                continue
            before = resolved(self._before, answer).get("content", {})
            after = resolved(self._after, new["responses"][status]).get("content", {})
            for kind, content in before.items():
                if kind not in after:
                    yield f"{where} {status} no longer comes as {kind}"
                else:
                    yield from self._given(
                        f"{where} {status}", content.get("schema", {}), after[kind].get("schema", {})
                    )

    def _taken(self, where: str, old: Schema, new: Schema) -> Iterator[str]:
        """What clients may send: it may become more."""
        old, new, is_known = self._pair(old, new, given=False)
        if is_known:
            return
        if lost := types(self._before, old) - types(self._after, new):
            yield f"{where} no longer takes {sorted(lost)}"
        if "enum" in new and not set(old.get("enum", ["anything"])) <= set(new["enum"]):
            yield f"{where} takes fewer words"
        for bound, worse in (("maxLength", -1), ("maximum", -1), ("maxItems", -1), ("minLength", 1), ("minimum", 1)):
            if bound in new and (bound not in old or (new[bound] - old[bound]) * worse > 0):
                yield f"{where} has a narrower {bound}"
        if added := set(new.get("required", ())) - set(old.get("required", ())):
            yield f"{where} requires {sorted(added)}"
        for name, field in old.get("properties", {}).items():
            if name not in new.get("properties", {}):
                yield f"{where} no longer takes {name}"
            else:
                yield from self._taken(f"{where} {name}", field, new["properties"][name])
        if "items" in old and "items" in new:
            yield from self._taken(f"{where} items", old["items"], new["items"])

    def _given(self, where: str, old: Schema, new: Schema) -> Iterator[str]:
        """What clients get: no field of it may go or become something else."""
        old, new, is_known = self._pair(old, new, given=True)
        if is_known:
            return
        if added := types(self._after, new) - types(self._before, old):
            yield f"{where} may be {sorted(added)}"
        if lost := set(old.get("required", ())) - set(new.get("required", ())):
            yield f"{where} may lack {sorted(lost)}"
        for name, field in old.get("properties", {}).items():
            if name not in new.get("properties", {}):
                yield f"{where} lacks {name}"
            else:
                yield from self._given(f"{where} {name}", field, new["properties"][name])
        if "items" in old and "items" in new:
            yield from self._given(f"{where} items", old["items"], new["items"])

    def _pair(self, old: Schema, new: Schema, *, given: bool) -> tuple[Schema, Schema, bool]:
        """Two schemas without references; whether these two were compared before."""
        key = (str(old.get("$ref", old)), str(new.get("$ref", new)), given)
        is_known = "$ref" in old and key in self._seen
        self._seen.add(key)
        return whole(self._before, old), whole(self._after, new), is_known


def is_open(document: Schema, operation: Schema) -> bool:
    """Whether an operation needs no token."""
    security: list[Schema] = operation["security"] if "security" in operation else document["security"]
    return not security or {} in security


def resolved(document: Schema, node: Schema) -> Schema:
    """A node, or what it refers to."""
    while "$ref" in node:
        _, *parts = node["$ref"].split("/")
        node = document
        for part in parts:
            node = node[part]
    return node


def whole(document: Schema, schema: Schema) -> Schema:
    """A schema without references; one that takes its fields from another, as one."""
    schema = resolved(document, schema)
    if "allOf" not in schema:
        return schema
    base = whole(document, schema["allOf"][0])["properties"]
    own = schema.get("properties", {})
    return {**schema, "type": "object", "properties": {name: field | own.get(name, {}) for name, field in base.items()}}


def types(document: Schema, schema: Schema) -> set[str]:
    """The kinds of JSON that a schema allows."""
    schema = whole(document, schema)
    if "anyOf" in schema:
        return set().union(*(types(document, each) for each in schema["anyOf"]))
    kinds = schema.get("type", [])
    return {kinds} if isinstance(kinds, str) else set(kinds) or {"anything"}
