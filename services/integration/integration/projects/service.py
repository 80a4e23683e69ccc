"""The projection of the catalog's projects."""

from typing import Any

from ecatalog.contracts.catalog import ProjectChanged
from ecatalog.core.errors import FieldErrors
from ecatalog.events.envelope import Event
from ecatalog.fields.types import no_such_pk
from ecatalog.http.internal_client import InternalClient
from pydantic import BaseModel
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

_APPLY = text(
    "insert into project (id, code_1c, name, sequence, is_deleted)"
    " values (:id, :code_1c, :name, :sequence, :is_deleted)"
    " on conflict (id) do update set code_1c = excluded.code_1c, name = excluded.name,"
    " sequence = excluded.sequence, is_deleted = excluded.is_deleted where project.sequence < excluded.sequence"
)
_BY_ID = text("select id from project where id = :reference and not is_deleted")
_BY_CODE = text("select id from project where code_1c = :reference and not is_deleted order by id limit 1")

MAX_ID = 2**63 - 1

# What catalog tells about a project when asked carries no sequence: any event of it is newer.
ASKED = 0


class KnownProject(BaseModel):
    """A project as catalog's internal route shows it."""

    id: int
    code_1c: str
    name: str
    is_deleted: bool = False


async def apply(session: AsyncSession, event: Event[ProjectChanged]) -> None:
    """Take over the projects of an event; an older one never overwrites a newer one."""
    for row in event.data.rows:
        await _store(session, KnownProject.model_validate(row.model_dump()), event.sequence)


async def _store(session: AsyncSession, project: KnownProject, sequence: int) -> None:
    await session.execute(_APPLY, {**project.model_dump(), "sequence": sequence})


async def resolve(session: AsyncSession, client: InternalClient, catalog_url: str, reference: int | str) -> int:
    """The id of the project meant by an id or a ``code_1c``.

    A project made a moment ago may be known only to catalog, so it is asked once before the reference is refused
    with a :class:`FieldErrors`.
    """
    known = await _find(session, reference)
    if known is None:
        for project in await _ask(client, catalog_url, reference):
            await _store(session, project, ASKED)
        known = await _find(session, reference)
    if known is None:
        raise FieldErrors({"project": [no_such_pk(reference)]})
    return known


async def _find(session: AsyncSession, reference: int | str) -> int | None:
    """Text is a code first and, when it is a number that is no code, an id, as forms send it."""
    if isinstance(reference, str):
        found = (await session.execute(_BY_CODE, {"reference": reference})).scalar()
        if found is not None:
            return int(found)
    number = _as_id(reference)
    if number is None:
        return None
    found = (await session.execute(_BY_ID, {"reference": number})).scalar()
    return None if found is None else int(found)


def _as_id(reference: int | str) -> int | None:
    if isinstance(reference, str) and not (reference.isascii() and reference.isdigit()):
        return None
    number = int(reference)
    return number if 0 < number <= MAX_ID else None


async def _ask(client: InternalClient, catalog_url: str, reference: int | str) -> list[KnownProject]:
    answer: Any = await client.get_json(catalog_url, "/internal/project/", reference=str(reference))
    return [KnownProject.model_validate(row) for row in answer]
