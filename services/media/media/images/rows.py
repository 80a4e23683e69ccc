"""Writing rows of pictures. Each function returns the ids of all rows it changed, so that others are told."""

import secrets
from collections.abc import Mapping
from typing import Any, NamedTuple

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from media.files.service import release
from media.owners.service import OwnerType

NAME_BYTES = 16


class Owner(NamedTuple):
    kind: OwnerType
    id: int


class Shown(NamedTuple):
    """The file that a picture shows, and what of its name stays in the address."""

    file_id: int
    stem: str
    ending: str


_KNOWN_STATUS = "(select s.id from image_status s where s.id = :status_id and not s.is_deleted)"
_KNOWN_SOURCE = "(select s.id from image_source s where s.id = :source_id and not s.is_deleted)"
_INSERT = text(f"""
    insert into image (owner_type, owner_id, name, stem, ending, file_id, category, note, is_main, status_id, source_id,
                       is_ai_generated, uploaded_by)
    values (:owner_type, :owner_id, :name, :stem, :ending, :file_id, :category, :note, :is_main, {_KNOWN_STATUS},
            {_KNOWN_SOURCE}, :is_ai_generated, :uploaded_by) returning id
""")  # noqa: S608 - built from constants
_LOCK_OWNER = text("select pg_advisory_xact_lock(hashtextextended(:owner_type || ':' || :owner_id, 0))")
_SWITCH_OFF = text("""
    update image set is_main = false, updated_at = clock_timestamp()
     where owner_type = :owner_type and owner_id = :owner_id and is_main and not is_deleted
       and id is distinct from :but returning id
""")
_HOLD = text("select owner_type, owner_id, file_id from image where id = :id and not is_deleted for update")
_DELETE = text("""
    update image set is_deleted = true, updated_at = clock_timestamp() where id = :id and not is_deleted returning id
""")
_LEAVE_BEHIND = text("""
    update image set is_deleted = true, updated_at = clock_timestamp()
     where owner_type = 'project' and owner_id = :owner_id and not is_deleted
       and created_at < (select created_at from project where id = :owner_id) returning id
""")
_SPECIAL = {"status_id": _KNOWN_STATUS, "source_id": _KNOWN_SOURCE}


async def insert(
    session: AsyncSession, owner: Owner, shown: Shown, values: Mapping[str, Any], user_id: int
) -> list[int]:
    """Make a picture; its id comes last."""
    changed = await _switch_off(session, owner, None) if values["is_main"] else []
    made = await session.execute(
        _INSERT,
        {
            "is_ai_generated": False, **values, **shown._asdict(), "owner_type": owner.kind, "owner_id": owner.id,
            "name": new_name(), "uploaded_by": user_id,
        },
    )  # fmt: skip
    return [*changed, int(made.scalar_one())]


async def update(
    session: AsyncSession, row_id: int, values: Mapping[str, Any], owner_id: int | None, shown: Shown | None
) -> list[int]:
    """Change a picture, move it to another owner, or let it show another file under a new name; empty if it is gone."""
    row = (await session.execute(_HOLD, {"id": row_id})).one_or_none()
    if row is None:
        return []
    owner = Owner(row.owner_type, row.owner_id if owner_id is None else owner_id)
    changes = dict(values)
    if owner.id != row.owner_id:
        changes["owner_id"] = owner.id
        changes.setdefault("is_main", False)
    if shown is not None:
        changes |= shown._asdict() | {"name": new_name()}
        await release(session, row.file_id)
    changed = await _switch_off(session, owner, row_id) if changes.get("is_main") else []
    columns = ", ".join(f"{name} = {_SPECIAL.get(name, f':{name}')}" for name in changes)
    sql = f"update image set {columns}{', ' if columns else ''}updated_at = clock_timestamp() where id = :id"  # noqa: S608 - names of declared fields
    await session.execute(text(sql), {**changes, "id": row_id})
    return [*changed, row_id]


async def delete(session: AsyncSession, row_id: int) -> list[int]:
    row = (await session.execute(_HOLD, {"id": row_id})).one_or_none()
    if row is None:
        return []
    await release(session, row.file_id)
    return [int(found) for found in (await session.execute(_DELETE, {"id": row_id})).scalars()]


async def leave_behind(session: AsyncSession, project_id: int) -> list[int]:
    """Delete the pictures of a project that are older than the project itself, whose code was used again."""
    return [int(row) for row in (await session.execute(_LEAVE_BEHIND, {"owner_id": project_id})).scalars()]


async def _switch_off(session: AsyncSession, owner: Owner, but: int | None) -> list[int]:
    """No picture of the owner but this one is the main one; two who want that at once do it one after the other."""
    parameters = {"owner_type": owner.kind, "owner_id": owner.id}
    await session.execute(_LOCK_OWNER, {**parameters, "owner_id": str(owner.id)})
    return [int(row) for row in (await session.execute(_SWITCH_OFF, {**parameters, "but": but})).scalars()]


def new_name() -> str:
    """A name that nobody guesses: pictures are seen by whoever knows their address."""
    return secrets.token_hex(NAME_BYTES)
