"""The members of archives, by which an import may name them."""

import asyncio
from collections.abc import Sequence

from ecatalog.db.database import Database
from ecatalog.db.sql import execute

from integration.connectors.errors import SourceError
from integration.files.limits import FileRefused
from integration.files.names import clean_name
from integration.files.reading import is_xml, member_names

_UNLISTED = """
    select f.id, f.size from source_file f where f.set_id = %(set)s and f.is_archive and not f.is_listed order by f.id
"""
_ADD = """
    insert into source_document (file_id, set_id, name, member)
    select %(file)s, %(set)s, m.name, m.member
      from unnest(%(names)s::text[], %(members)s::text[]) m(name, member)
        on conflict do nothing
"""
# A part that has come meanwhile makes another archive of it.
_LISTED = "update source_file set is_listed = true where id = %(file)s and size = %(size)s"


async def list_archives(database: Database, set_id: int) -> list[str]:
    """Make the members of all archives of a set known, and return what is wrong with those that cannot be read."""
    problems = []
    for file_id, size in await database.fetch_rows(_UNLISTED, {"set": set_id}):
        try:
            members = await asyncio.to_thread(member_names, database.dsn, file_id)
        except SourceError as error:
            problems.append(error.message)
            continue
        await _keep(database, set_id, file_id, size, members)
    return problems


async def _keep(database: Database, set_id: int, file_id: int, size: int, members: Sequence[str]) -> None:
    named = {_name(member): member for member in members if is_xml(member)}
    about = {"set": set_id, "file": file_id, "size": size, "names": [*named], "members": [*named.values()]}
    async with database.transaction() as connection:
        if (await execute(connection, _LISTED, about)).rowcount:
            await execute(connection, _ADD, about)


def _name(member: str) -> str:
    try:
        return clean_name(member)
    except FileRefused:  # nobody can ask for it, and it is read with the archive as a whole
        return member
