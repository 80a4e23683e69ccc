"""The projection of catalog's projects: it follows their events, and asks catalog once for one that is not known yet.

A service creates the table ``project`` by its migrations: ``id``, ``code_1c``, ``name``, ``is_deleted`` and
``sequence``, the owner's. A deleted project stays as a tombstone, so that a late event cannot revive it.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Literal

import orjson
from psycopg import AsyncConnection

from ecatalog.contracts.catalog import ProjectChanged, ProjectRow
from ecatalog.core.errors import FieldErrors
from ecatalog.db.sql import execute
from ecatalog.events.envelope import Event
from ecatalog.fields.types import no_such_pk
from ecatalog.http.internal_client import InternalClient

TABLES = frozenset({"project"})

MAX_ID = 2**63 - 1
ASKED = 0
"""A row that catalog answers gets this sequence, since it carries none: any event is newer."""

_APPLY = """
    insert into project (id, code_1c, name, is_deleted, sequence)
    select id, code_1c, name, is_deleted, %(sequence)s from json_populate_recordset(null::project, %(rows)s)
     order by id
    on conflict (id) do update
       set code_1c = excluded.code_1c, name = excluded.name, is_deleted = excluded.is_deleted,
           sequence = excluded.sequence
     where project.sequence < excluded.sequence
"""
_FIND = """
    select id from project where not is_deleted and (code_1c = %(code)s or id = %(id)s)
     order by case when %(code_first)s then code_1c = %(code)s else id = %(id)s end desc nulls last, id
     limit 1
"""


@dataclass(frozen=True)
class Catalog:
    """The api of catalog, as services call it."""

    client: InternalClient
    url: str

    async def projects(self, reference: int | str) -> list[ProjectRow]:
        """Return the projects whose id or code ``reference`` is."""
        rows = await self.client.get_json(self.url, "/internal/project/", reference=str(reference))
        return [ProjectRow.model_validate(row) for row in rows]


async def project_changed(connection: AsyncConnection[Any], event: Event[ProjectChanged]) -> None:
    """Handle ``PROJECT_CHANGED``."""
    await apply(connection, event.data.rows, event.sequence)


async def apply(connection: AsyncConnection[Any], rows: Iterable[ProjectRow], sequence: int) -> None:
    """Bring the projection up to ``rows``, each project at most once; what is newer already stays."""
    body = orjson.dumps([row.model_dump() for row in rows]).decode()
    await execute(connection, _APPLY, {"rows": body, "sequence": sequence})


async def resolve(
    connection: AsyncConnection[Any],
    reference: int | str,
    *,
    first: Literal["code", "id"] = "code",
    catalog: Catalog | None = None,
) -> int:
    """Return the id of the live project that ``reference`` means, or refuse the field ``project``.

    A number is an id. A text may be both a code and an id, and is taken for the one that is named ``first`` if there
    is such a project. A project that was created a moment ago may be known to ``catalog`` alone, which is asked once.
    """
    found = await _find(connection, reference, first)
    if found is None and catalog is not None:
        await apply(connection, await catalog.projects(reference), ASKED)
        found = await _find(connection, reference, first)
    if found is None:
        raise FieldErrors({"project": [no_such_pk(reference)]})
    return found


async def _find(connection: AsyncConnection[Any], reference: int | str, first: str) -> int | None:
    code = reference if isinstance(reference, str) else None
    parameters = {"code": code, "id": _as_id(reference), "code_first": first == "code"}
    row = await (await execute(connection, _FIND, parameters)).fetchone()
    return None if row is None else int(row[0])


def _as_id(reference: int | str) -> int | None:
    """Return the id that ``reference`` may be; None for one that no row can have."""
    digits = str(reference).lstrip("0")
    if not (digits.isascii() and digits.isdigit() and len(digits) <= len(str(MAX_ID))):
        return None
    return int(digits) if int(digits) <= MAX_ID else None
