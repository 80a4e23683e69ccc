"""Creating and changing up to a thousand rows in one request."""

import asyncio
from collections import Counter
from collections.abc import Mapping
from typing import Any

from ecatalog.caching.caches import Caches
from ecatalog.core.errors import FieldErrors, UnsupportedMediaType
from ecatalog.db.database import Database
from ecatalog.entities.entity import Entity
from ecatalog.entities.filters import Where
from ecatalog.http.body import JSON, REQUIRED, Body, read_body
from ecatalog.http.responses import Json
from pydantic import BaseModel
from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import Response

from catalog.owned import OwnedBody
from catalog.upsert.engine import write
from catalog.upsert.incoming import Incoming, RowOutcome, clean
from catalog.upsert.matching import Keep

MAX_ROWS = 1000


class Bulk:
    """The rows of one kind, many at once."""

    def __init__(self, entity: Entity) -> None:
        self.entity = entity
        fields, made_of = frozenset(entity.body.model_fields), OwnedBody if entity.scope else Body
        self._known: Body[BaseModel] = made_of(entity.body, optional=fields - {entity.code})
        self._nameless: Body[BaseModel] = made_of(entity.body, optional=fields - {entity.code, "name"})

    async def answer(self, request: Request, seen: Where, keep: Keep | None = None) -> Response:
        """207 with the outcome of each row; nothing of the request is written when it fails as a whole."""
        sent = await _read(request)
        incoming, refused = await asyncio.to_thread(self._validate, sent)
        database: Database = request.app.state.database
        caches: Caches = request.app.state.caches
        try:
            async with database.transaction() as connection:
                written = await write(connection, self.entity, incoming, seen, keep=keep)
        finally:
            caches.invalidate(self.entity.name)
        return Json(_shown(sorted(refused + written, key=lambda one: one.position)), 207)

    def _validate(self, sent: list[Any]) -> tuple[list[Incoming], list[RowOutcome]]:
        incoming: list[Incoming] = []
        refused: list[RowOutcome] = []
        for index, row in enumerate(sent):
            try:
                incoming.append(self._incoming(index, row))
            except FieldErrors as error:
                refused.append(RowOutcome(index, _code(row, self.entity), "error", errors=error.body))
        return incoming, refused

    def _incoming(self, index: int, row: Any) -> Incoming:
        if not isinstance(row, Mapping):
            message = f"Invalid data. Expected a dictionary, but got {type(row).__name__}."
            raise FieldErrors({"non_field_errors": [message]})
        # A row that is there needs no name; one without a code is none of those.
        body = self._known if self.entity.code in row else self._nameless
        values = self.entity.values_of(body.validate(row), sent_only=True)
        clean(values)
        code = values.pop(self.entity.code)
        any_project = self.entity.scope is not None and "project_id" not in values
        return Incoming(index, code, values.pop("project_id", None) or None, any_project, values)


async def _read(request: Request) -> list[Any]:
    """The rows: a list, or an object that holds it as ``rows``."""
    data = await read_body(request)
    if isinstance(data, FormData):
        raise UnsupportedMediaType(request.headers.get("content-type", ""))
    if isinstance(data, Mapping):
        if "rows" not in data:
            raise FieldErrors({"rows": [REQUIRED]})
        data = data["rows"]
    if not isinstance(data, list):
        message = f"Invalid data. Expected a list, but got {type(data).__name__}."
        raise FieldErrors({"non_field_errors": [message]})
    if len(data) > MAX_ROWS:
        raise FieldErrors({"non_field_errors": [f"Ensure this list has no more than {MAX_ROWS} rows."]})
    return data


def _code(row: Any, entity: Entity) -> str:
    code = row.get(entity.code) if isinstance(row, Mapping) else None
    return str(code) if isinstance(code, str | int) else ""


def _shown(outcomes: list[RowOutcome]) -> dict[str, Any]:
    counts = Counter(one.status for one in outcomes)
    return {
        "created": counts["created"], "updated": counts["updated"], "unchanged": counts["unchanged"],
        "errors": counts["error"],
        "results": [
            {"index": one.position, "code": one.code or None, "id": one.row_id, "status": one.status,
             "errors": one.errors}
            for one in outcomes
        ],
    }  # fmt: skip


def request_body(entity: Entity) -> dict[str, Any]:
    """The ``requestBody`` of the route."""
    rows_schema = {
        "type": "array",
        "maxItems": MAX_ROWS,
        "items": {"$ref": f"#/components/schemas/{entity.body.__name__}"},
    }
    whole = {"anyOf": [rows_schema, {"type": "object", "properties": {"rows": rows_schema}, "required": ["rows"]}]}
    return {"requestBody": {"required": True, "content": {JSON: {"schema": whole}}}}
