"""Receiving the files of a set: part by part from 1C, or all at once from a person."""

from collections.abc import Sequence
from typing import NamedTuple

from ecatalog.db.database import Database
from ecatalog.db.pool import Transaction
from ecatalog.db.sql import compose, execute
from ecatalog.jobs.schema import UNFINISHED

from integration.alarms.service import raise_alarm
from integration.files.limits import Excess, FileRefused, StorageLimits
from integration.files.names import is_kept
from integration.files.pieces import Part, add_file, append
from integration.files.space import make_room

# It locks the set: parts of one session are added one after the other.
_OPEN = """
    insert into source_set as s (integration_id, session_id, started_by)
    values (%(integration_id)s, %(session_id)s, 'exchange')
        on conflict (session_id) where closed_at is null and session_id is not null
        do update set used_at = clock_timestamp()
    returning s.id, s.files, s.bytes
"""
_NEWEST = """
    select f.id, f.size, exists (select from source_document d where d.file_id = f.id and d.job_id is not null)
      from source_file f where f.set_id = %(set)s and f.name = %(name)s order by f.id desc limit 1
"""
_COUNT = """
    update source_set set files = files + %(files)s, left_out = left_out + %(left_out)s, bytes = bytes + %(bytes)s
     where id = %(id)s
"""
_CLOSE = "update source_set set closed_at = clock_timestamp() where id = %(id)s"
_BY_HAND = """
    insert into source_set (integration_id, started_by, is_dry_run, closed_at)
    values (%(integration_id)s, 'file', %(is_dry_run)s, clock_timestamp()) returning id
"""
# Nobody knows whether a file of which no import was asked for has come to its end.
_DROP_HALF = """
    with half as (
        delete from source_file f using source_set s
         where s.session_id = %(session_id)s and s.closed_at is null and f.set_id = s.id and not exists (
               select from source_document d where d.file_id = f.id and d.job_id is not null)
        returning f.set_id, f.size
    )
    update source_set s set files = s.files - h.files, bytes = s.bytes - h.bytes
      from (select set_id, count(*) as files, sum(size) as bytes from half group by set_id) h where s.id = h.set_id
"""

# A run that still reads an earlier file of the name goes on.
_DROP_EARLIER = compose(
    """
    with gone as (
        delete from source_file f where f.set_id = %(set)s and f.name = %(name)s and f.id < %(id)s and not exists (
            select from source_document d join job j on j.id = d.job_id where d.file_id = f.id and j.{unfinished})
        returning f.size
    )
    update source_set s set files = s.files - g.files, bytes = s.bytes - g.bytes
      from (select count(*) as files, coalesce(sum(size), 0) as bytes from gone) g where s.id = %(set)s
    """,
    unfinished=UNFINISHED,
)


class Sender(NamedTuple):
    """Whose files come, and in which session."""

    integration_id: int
    session_id: int


class NamedPart(NamedTuple):
    """A whole file with its name."""

    name: str
    part: Part


class OpenSet(NamedTuple):
    """The set of a session, which is locked."""

    id: int
    files: int
    bytes: int


class KnownFile(NamedTuple):
    """A file of the same name that came before; one that ``is_imported`` takes no further part."""

    id: int
    size: int
    is_imported: bool


async def add_part(database: Database, limits: StorageLimits, sender: Sender, name: str, part: Part) -> None:
    """Add a part to the end of a file, or begin it. When this returns, the part is kept for certain.

    Raises FileRefused; where it is for want of room an alarm is raised, and the set is given up.
    """
    async with database.transaction() as connection:
        open_set = await _open(connection, sender)
        known = await _newest(connection, open_set.id, name)
        excess = await _excess(connection, limits, sender, open_set, known, part.size if is_kept(name) else 0)
        if excess:
            await raise_alarm(connection, sender.integration_id, "storage", excess.value)
            await execute(connection, _CLOSE, {"id": open_set.id})
        elif is_kept(name):
            await _keep(connection, open_set, known, name, part)
        else:
            await _count(connection, open_set.id, files=1, left_out=1)
    if excess:
        raise FileRefused(excess)


async def add_set(
    connection: Transaction, limits: StorageLimits, integration_id: int, files: Sequence[NamedPart], *,
    is_dry_run: bool,
) -> list[int]:  # fmt: skip
    """Keep files that a person sent as a set that is closed, and return their ids. Raises FileRefused."""
    sizes = [part.size for _, part in files]
    excess = Excess.FILE if max(sizes) > limits.file else Excess.SET if sum(sizes) > limits.set else None
    excess = excess or await make_room(connection, limits, integration_id, sum(sizes))
    if excess:
        raise FileRefused(excess)
    about = {"integration_id": integration_id, "is_dry_run": is_dry_run}
    row = await (await execute(connection, _BY_HAND, about)).fetchone()
    set_id = int(row[0]) if row else 0
    ids = []
    for name, part in files:
        ids.append(await add_file(connection, set_id, name))
        await append(connection, ids[-1], 0, part)
    await _count(connection, set_id, files=len(files), size=sum(sizes))
    return ids


async def drop_half_received(database: Database, session_id: int) -> None:
    """Drop the files of a session's open set that nobody has begun to import."""
    await database.execute(_DROP_HALF, {"session_id": session_id})


async def _open(connection: Transaction, sender: Sender) -> OpenSet:
    row = await (await execute(connection, _OPEN, sender._asdict())).fetchone()
    return OpenSet(*row or (0, 0, 0))


async def _newest(connection: Transaction, set_id: int, name: str) -> KnownFile | None:
    row = await (await execute(connection, _NEWEST, {"set": set_id, "name": name})).fetchone()
    return KnownFile(*row) if row else None


async def _excess(
    connection: Transaction, limits: StorageLimits, sender: Sender, open_set: OpenSet, known: KnownFile | None,
    size: int,
) -> Excess | None:  # fmt: skip
    if open_set.files >= limits.files and known is None:
        return Excess.FILES
    if size + (known.size if known and not known.is_imported else 0) > limits.file:
        return Excess.FILE
    if size + open_set.bytes > limits.set:
        return Excess.SET
    return await make_room(connection, limits, sender.integration_id, size) if size else None


async def _keep(connection: Transaction, open_set: OpenSet, known: KnownFile | None, name: str, part: Part) -> None:
    if known is None or known.is_imported:
        known = KnownFile(await add_file(connection, open_set.id, name), 0, is_imported=False)
        await _count(connection, open_set.id, files=1)
        await execute(connection, _DROP_EARLIER, {"set": open_set.id, "name": name, "id": known.id})
    await append(connection, known.id, known.size, part)
    await _count(connection, open_set.id, size=part.size)


async def _count(connection: Transaction, set_id: int, *, files: int = 0, left_out: int = 0, size: int = 0) -> None:
    await execute(connection, _COUNT, {"id": set_id, "files": files, "left_out": left_out, "bytes": size})
