"""Keeping and reading the projection of projects."""

from collections.abc import Iterable

from ecatalog.contracts.catalog import ProjectRow
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col, select

from auth.projects.models import Project

LARGEST_ID = 2**63 - 1


async def apply(session: AsyncSession, rows: Iterable[ProjectRow], sequence: int) -> None:
    """Bring the projection up to an event; what a newer event told already stays."""
    columns = {"id", "code_1c", "name", "is_deleted"}
    values = [row.model_dump(include=columns) | {"sequence": sequence} for row in rows]
    told = insert(Project)
    newer = {name: told.excluded[name] for name in ("code_1c", "name", "is_deleted", "sequence")}
    if not values:
        return
    await session.execute(
        told.on_conflict_do_update(
            index_elements=["id"], set_=newer, where=col(Project.sequence) < told.excluded.sequence
        ),
        values,
    )


async def find(session: AsyncSession, key: str) -> Project | None:
    """The live project whose id or code this is; an id comes before a code that looks like one."""
    live = select(Project).where(~col(Project.is_deleted))
    if key.isascii() and key.isdigit() and int(key) <= LARGEST_ID:
        by_id = await session.scalar(live.where(col(Project.id) == int(key)))
        if by_id is not None:
            return by_id
    return await session.scalar(live.where(col(Project.code_1c) == key))
