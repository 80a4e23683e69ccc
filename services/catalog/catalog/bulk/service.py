"""Creates and changes up to a thousand rows of one request."""

import asyncio
from collections import Counter
from collections.abc import Mapping
from functools import cache
from typing import Any

from ecatalog.caching.caches import Caches
from ecatalog.core.errors import FieldErrors
from ecatalog.db.database import Database
from ecatalog.entities.entity import Entity
from ecatalog.entities.filters import Where
from ecatalog.http.body import Body
from pydantic import BaseModel

from catalog.owned import OwnedBody
from catalog.upsert.engine import write
from catalog.upsert.incoming import Incoming, RowOutcome, clean
from catalog.upsert.matching import Keep


async def write_rows(
    database: Database, caches: Caches, entity: Entity, sent: list[Any], visible: Where, keep: Keep | None = None
) -> dict[str, Any]:
    """Return the outcome of each row; nothing of the request is written when it fails as a whole."""
    incoming, refused = await asyncio.to_thread(_validate, entity, sent)
    try:
        async with database.transaction() as connection:
            written = await write(connection, entity, incoming, visible, keep=keep)
    finally:
        caches.invalidate(entity.name)
    return _shown(sorted(refused + written, key=lambda one: one.position))


def _validate(entity: Entity, sent: list[Any]) -> tuple[list[Incoming], list[RowOutcome]]:
    incoming: list[Incoming] = []
    refused: list[RowOutcome] = []
    for index, row in enumerate(sent):
        try:
            incoming.append(_incoming(entity, index, row))
        except FieldErrors as error:
            refused.append(RowOutcome(index, _code(entity, row), "error", errors=error.body))
    return incoming, refused


def _incoming(entity: Entity, index: int, row: Any) -> Incoming:
    if not isinstance(row, Mapping):
        message = f"Invalid data. Expected a dictionary, but got {type(row).__name__}."
        raise FieldErrors({"non_field_errors": [message]})
    values = entity.values_of(_body(entity, has_code=entity.code in row).validate(row), sent_only=True)
    clean(values)
    code = values.pop(entity.code)
    any_project = entity.scope is not None and "project_id" not in values
    return Incoming(index, code, values.pop("project_id", None) or None, any_project, values)


@cache
def _body(entity: Entity, *, has_code: bool) -> Body[BaseModel]:
    """Return what reads a row: one that is there needs no name; one without a code is none of those."""
    required = {entity.code} if has_code else {entity.code, "name"}
    made_of = OwnedBody if entity.scope else Body
    return made_of(entity.body, optional=frozenset(entity.body.model_fields) - required)


def _code(entity: Entity, row: Any) -> str:
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
