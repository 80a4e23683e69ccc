"""Reading, changing and reverting the mappings of integrations."""

from typing import Any

import orjson
from ecatalog.caching.etag import require_match
from ecatalog.core.errors import NotFound
from ecatalog.db.database import Database
from ecatalog.db.pool import Transaction
from ecatalog.db.render import TIMESTAMP
from ecatalog.db.sql import compose, execute

from integration.mappings.publicity import require_confirmation
from integration.mappings.reading import MAPPING, fetched, stored
from integration.mappings.schemas import MappingIn
from integration.mappings.stored import StoredMapping, completed
from integration.mappings.validation import check
from integration.values.choosing import start_when_chosen

_LOCKED = compose("{mapping} for update of i", mapping=MAPPING)
_KEEP = """
    with kept as (
        insert into mapping_version (integration_id, version, mapping, user_id, reverted_to)
        values (%(id)s, %(version)s, %(mapping)s, %(user_id)s, %(reverted_to)s)
    )
    update integration set mapping_version = %(version)s where id = %(id)s
"""
_VERSIONS = compose(
    """
    select (
        select json_agg(row_to_json(x)) from (
            select v.version, v.preset, v.version = i.mapping_version as is_current, v.reverted_to, v.user_id,
                   to_char(v.created_at, {timestamp}) as created_at
              from (
                  select version, mapping ->> 'preset' as preset, reverted_to, user_id, created_at
                    from mapping_version where integration_id = i.id
                   union all
                  select 1, case i.kind when 'soap' then 'soap' else 'commerceml' end, null, null, i.created_at
              ) v
             order by v.version desc limit 100
        ) x
    ) from integration i where i.id = %(id)s and not i.is_deleted
    """,
    timestamp=TIMESTAMP,
)


async def read(database: Database, integration_id: int, version: int | None = None) -> bytes:
    """Return a version of a mapping as JSON, by default the one that counts."""
    return (await fetched(database, integration_id, version)).answer


async def versions(database: Database, integration_id: int) -> bytes:
    """Return the last 100 versions, newest first, as a JSON array."""
    found = await database.fetch_json(_VERSIONS, {"id": integration_id})
    if found is None:
        raise NotFound
    return found


async def replace(
    database: Database, integration_id: int, given: MappingIn, user_id: int, if_match: str | None
) -> bytes:
    """Make a new version, unless it says what the present one says."""
    async with database.transaction() as connection:
        before = await _locked(connection, integration_id)
        require_match(if_match, before.answer)
        return await _keep(connection, before, given.document, user_id, confirm=given.confirm)


async def revert(
    database: Database, integration_id: int, version: int, user_id: int, if_match: str | None, *, confirm: bool
) -> bytes:
    """Repeat an earlier version as a new one."""
    async with database.transaction() as connection:
        before = await _locked(connection, integration_id)
        require_match(if_match, before.answer)
        parameters: dict[str, int] = {"id": before.integration_id, "version": version}
        earlier = stored(await (await execute(connection, MAPPING, parameters)).fetchone())
        document = earlier.document or {"preset": earlier.mapping.preset}
        return await _keep(connection, before, document, user_id, confirm=confirm, reverted_to=earlier.version)


async def _keep(
    connection: Transaction, before: StoredMapping, document: dict[str, Any], user_id: int, *, confirm: bool,
    reverted_to: int | None = None,
) -> bytes:  # fmt: skip
    after = completed(document)
    check(after, before.kind)
    if not confirm:
        require_confirmation(before.mapping, after)
    new = StoredMapping(before.integration_id, before.kind, before.version + 1, document)
    if (after, new.follows_preset) == (before.mapping, before.follows_preset):
        return before.answer
    parameters = {
        "id": new.integration_id, "version": new.version, "mapping": orjson.dumps(document).decode(),
        "user_id": user_id, "reverted_to": reverted_to,
    }  # fmt: skip
    await execute(connection, _KEEP, parameters)
    await start_when_chosen(connection, new.integration_id, before.mapping, after, user_id)
    return new.answer


async def _locked(connection: Transaction, integration_id: int) -> StoredMapping:
    cursor = await execute(connection, _LOCKED, {"id": integration_id, "version": None})
    return stored(await cursor.fetchone())
