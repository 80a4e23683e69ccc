"""The versions of mappings as runs read them."""

from typing import Any

import orjson
from ecatalog.core.errors import NotFound
from ecatalog.db.database import Database
from ecatalog.db.sql import compose

from integration.mappings.model import Mapping
from integration.mappings.stored import StoredMapping

MAPPING = compose(
    """
    select i.id, i.kind, v.version, m.mapping
      from integration i
     cross join lateral (select coalesce(%(version)s::numeric, i.mapping_version) as version) v
      left join mapping_version m on m.integration_id = i.id and m.version = v.version
     where i.id = %(id)s and not i.is_deleted and (v.version = 1 or m.version is not null)
    """
)
"""A version of the mapping of an integration, by default the one that counts."""


async def current(database: Database, integration_id: int) -> tuple[int, Mapping]:
    """Return the version that counts, and its mapping."""
    found = await fetched(database, integration_id, None)
    return found.version, found.mapping


async def fetched(database: Database, integration_id: int, version: int | None) -> StoredMapping:
    """Return a version, by default the one that counts; raises :class:`NotFound`."""
    return stored(await database.fetch_row(MAPPING, {"id": integration_id, "version": version}))


def stored(row: tuple[Any, ...] | None) -> StoredMapping:
    """Return what a row of ``MAPPING`` says; raises :class:`NotFound` when there is none."""
    if row is None:
        raise NotFound
    integration_id, kind, version, document = row
    return StoredMapping(integration_id, kind, int(version), orjson.loads(document) if document else None)
