"""Makes examples of bodies and answers from their schemas and from what a service says once of each field."""

from collections.abc import Mapping
from typing import Any

from ecatalog.http.body import CHANGE, REPLACEMENT

Facts = Mapping[str, Mapping[str, Any]]
"""Values of fields by the schema's name. Names after which ``Body`` adds something stand for those schemas too."""

ANYWHERE = "*"
"""Among :data:`Facts`, the fields that mean the same wherever they stand."""

VARIANTS = (CHANGE, REPLACEMENT)
BY_FORMAT = {
    "date-time": "2026-11-20T10:15:30.123456+05:00",
    "date": "2026-11-20",
    "uuid": "0193a5c2-7d1e-7b3a-9c44-2f6f0a4d1b10",
    "binary": "photo.jpg",
    "decimal": "12500.00",
    "email": "info@example.com",
    "uri": "https://example.com/",
}
CHANGED = 2
"""The example of a change shows this many fields."""


class Samples:
    """Makes the example of any schema of a document."""

    def __init__(self, schemas: Mapping[str, Any], facts: Facts) -> None:
        self._schemas = schemas
        self._facts = facts

    def of(self, schema: Mapping[str, Any], name: str = "") -> Any:
        """Return a value that the schema allows; ``name`` is the schema's own, or that of its field."""
        if reference := schema.get("$ref"):
            own = reference.rpartition("/")[2]
            return self.of(self._schemas[own], own)
        if "const" in schema or "enum" in schema:
            return schema["enum"][0] if "enum" in schema else schema["const"]
        if "anyOf" in schema:
            return self.of(schema["anyOf"][0], name)
        if "allOf" in schema:
            return self._object(self._merged(schema), name)
        kind = schema.get("type")
        kind = kind[0] if isinstance(kind, list) else kind
        if kind == "object":
            return self._object(schema, name)
        if kind == "array":
            return [self.of(schema["items"], name)]
        return self._plain(schema, kind, name)

    def _merged(self, schema: Mapping[str, Any]) -> dict[str, Any]:
        """Return a schema together with the fields that it takes from another one."""
        base = self._schemas[schema["allOf"][0]["$ref"].rpartition("/")[2]]["properties"]
        own = schema.get("properties", {})
        return {**schema, "properties": {field: base[field] | own.get(field, {}) for field in base}}

    def _object(self, schema: Mapping[str, Any], name: str) -> dict[str, Any]:
        properties = schema.get("properties", {})
        wanted = [field for field in properties if self._is_shown(field, schema, name)]
        if name.endswith(CHANGE):
            wanted = wanted[:CHANGED]
        return {field: self._field(field, properties[field], name) for field in wanted}

    def _is_shown(self, field: str, schema: Mapping[str, Any], name: str) -> bool:
        """Return whether a field is shown: it is required, or there is something to say of it."""
        return field in schema.get("required", ()) or self._fact(field, name) is not None

    def _field(self, field: str, schema: Mapping[str, Any], name: str) -> Any:
        fact = self._fact(field, name)
        if fact is not None:
            return fact
        return None if is_nullable(schema) and "$ref" not in str(schema) else self.of(schema, field)

    def _fact(self, field: str, name: str) -> Any:
        for owner in (name, *(name.removesuffix(variant) for variant in VARIANTS), ANYWHERE):
            found = self._facts.get(owner, {}).get(field)
            if found is not None:
                return found
        return None

    @staticmethod
    def _plain(schema: Mapping[str, Any], kind: Any, name: str) -> Any:
        if "default" in schema and schema["default"] is not None:
            return schema["default"]
        if kind in {"integer", "number"}:
            return max(1, schema.get("minimum", 1))
        if kind == "boolean":
            return False
        return BY_FORMAT.get(schema.get("format", ""), name.replace("_", " ")) if kind == "string" else {}


def is_nullable(schema: Mapping[str, Any]) -> bool:
    kind = schema.get("type")
    return (
        kind == "null" or (isinstance(kind, list) and "null" in kind) or any(map(is_nullable, schema.get("anyOf", ())))
    )
