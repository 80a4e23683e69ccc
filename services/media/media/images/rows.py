"""Writes rows of pictures. Each function returns the ids of all rows that it changed, so that they are published."""

import secrets
from collections.abc import Mapping
from functools import lru_cache
from typing import Any, NamedTuple

from ecatalog.db.sql import Ident, Sql, compose, execute, join, placeholder
from ecatalog.fields.column import columns_of
from psycopg import AsyncConnection

from media.files.service import release
from media.images.models import Image
from media.owners.service import OwnerType

Connection = AsyncConnection[Any]

NAME_BYTES = 16


class Owner(NamedTuple):
    kind: OwnerType
    id: int


class Shown(NamedTuple):
    """The file that a picture shows, and the parts of its name that stay in the address."""

    file_id: int
    stem: str
    ending: str


_KNOWN_STATUS = compose("(select s.id from image_status s where s.id = %(status_id)s and not s.is_deleted)")
_KNOWN_SOURCE = compose("(select s.id from image_source s where s.id = %(source_id)s and not s.is_deleted)")
_SPECIAL = {"status_id": _KNOWN_STATUS, "source_id": _KNOWN_SOURCE}
_DEFAULTS = {name: Image.model_fields[name].default for name in columns_of(Image)}
_INSERTED = (*_DEFAULTS, "owner_type", "owner_id", "name", "stem", "ending", "file_id", "uploaded_by")


def _value(name: str) -> Sql:
    """Return the value that a statement writes into a column."""
    return _SPECIAL.get(name) or placeholder(name)


_INSERT = compose(
    "insert into image ({columns}) values ({values}) returning id",
    columns=join(", ", map(Ident, _INSERTED)),
    values=join(", ", map(_value, _INSERTED)),
)
_LOCK_OWNER = "select pg_advisory_xact_lock(hashtextextended(%(owner_type)s || ':' || %(owner_id)s::bigint, 0))"
_SWITCH_OFF = """
    update image set is_main = false, updated_at = clock_timestamp()
     where owner_type = %(owner_type)s and owner_id = %(owner_id)s and is_main and not is_deleted
       and id is distinct from %(but)s::bigint returning id
"""
_HOLD = "select owner_type, owner_id, file_id from image where id = %(id)s and not is_deleted for update"
_DELETE = """
    update image set is_deleted = true, updated_at = clock_timestamp() where id = %(id)s and not is_deleted returning id
"""
_LEAVE_BEHIND = """
    update image set is_deleted = true, updated_at = clock_timestamp()
     where owner_type = 'project' and owner_id = %(owner_id)s and not is_deleted
       and created_at < (select created_at from project where id = %(owner_id)s) returning id
"""


async def insert(
    connection: Connection, owner: Owner, shown: Shown, values: Mapping[str, Any], user_id: int
) -> list[int]:
    """Create a picture; its id comes last."""
    changed = await _switch_off(connection, owner, None) if values["is_main"] else []
    row = {
        **_DEFAULTS, **values, **shown._asdict(), "owner_type": owner.kind, "owner_id": owner.id, "name": new_name(),
        "uploaded_by": user_id,
    }  # fmt: skip
    return [*changed, *await _ids(connection, _INSERT, row)]


async def update(
    connection: Connection, row_id: int, values: Mapping[str, Any], owner_id: int | None, shown: Shown | None
) -> list[int]:
    """Change a picture, move it to another owner, or let it show another file under a new name; empty if it is gone."""
    held = await _hold(connection, row_id)
    if held is None:
        return []
    before, file_id = held
    owner = before if owner_id is None else Owner(before.kind, owner_id)
    changes = dict(values)
    if owner != before:
        changes["owner_id"] = owner.id
        changes.setdefault("is_main", False)
    if shown is not None:
        changes |= shown._asdict() | {"name": new_name()}
        await release(connection, file_id)
    changed = await _switch_off(connection, owner, row_id) if changes.get("is_main") else []
    await execute(connection, _update(frozenset(changes)), {**changes, "id": row_id})
    return [*changed, row_id]


@lru_cache(maxsize=200)
def _update(names: frozenset[str]) -> Sql:
    """Compose the statement that changes these columns."""
    assigned = [compose("{name} = {value}", name=Ident(name), value=_value(name)) for name in sorted(names)]
    return compose(
        "update image set {changes} where id = %(id)s",
        changes=join(", ", [*assigned, compose("updated_at = clock_timestamp()")]),
    )


async def delete(connection: Connection, row_id: int) -> list[int]:
    held = await _hold(connection, row_id)
    if held is None:
        return []
    _, file_id = held
    await release(connection, file_id)
    return await _ids(connection, _DELETE, {"id": row_id})


async def leave_behind(connection: Connection, project_id: int) -> list[int]:
    """Delete the pictures of a project that are older than the project itself, whose code was used again."""
    return await _ids(connection, _LEAVE_BEHIND, {"owner_id": project_id})


async def _hold(connection: Connection, row_id: int) -> tuple[Owner, int] | None:
    """Lock a picture, and return its owner and its file."""
    row = await (await execute(connection, _HOLD, {"id": row_id})).fetchone()
    return None if row is None else (Owner(row[0], row[1]), row[2])


async def _ids(connection: Connection, sql: str, parameters: Mapping[str, Any]) -> list[int]:
    """Run a statement that returns ids."""
    return [row_id for (row_id,) in await (await execute(connection, sql, parameters)).fetchall()]


async def _switch_off(connection: Connection, owner: Owner, but: int | None) -> list[int]:
    """Leave no picture of the owner the main one but this; two transactions that want that take turns."""
    parameters = {"owner_type": owner.kind, "owner_id": owner.id}
    await execute(connection, _LOCK_OWNER, parameters)
    return await _ids(connection, _SWITCH_OFF, {**parameters, "but": but})


def new_name() -> str:
    """Return a name that nobody guesses: whoever knows the address of a picture sees it."""
    return secrets.token_hex(NAME_BYTES)
