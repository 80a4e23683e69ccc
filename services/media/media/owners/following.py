"""Begins to follow an owner, so that no change of it is missed, and ends it when nothing needs it any longer.

The events of an owner without a row pass by. So the row comes first, and the catalog is asked again after that: what
it says then includes all events that have passed, and whatever it does not include will find the row.
"""

from datetime import timedelta

from ecatalog.db.database import Database
from ecatalog.db.sql import Ident, Sql, compose, join
from ecatalog.http.internal_client import InternalClient

from media.owners.service import OWNERS, Owners, OwnerType, Row, apply, as_json

ASKED = 0
"""The sequence of rows that the catalog was asked for only once: anything told of them is newer."""

KEPT = timedelta(days=1)
"""How long an owner without pictures is followed after somebody asked for it: no upload takes so long."""

_FOLLOW = """
    insert into {table} ({columns}, sequence)
    select {columns}, %(asked)s from json_populate_recordset(null::{table}, %(rows)s::json)
    on conflict (id) do update set asked_at = now() returning sequence > %(asked)s and not is_deleted
"""
_FORGET = "delete from {table} where id = %(id)s and sequence = %(asked)s"
# Rows that somebody asks for at this moment are passed over.
_FORGET_UNUSED = """
    with unused as (
        select o.id from {table} o
         where o.asked_at < now() - %(kept)s::interval and not exists (
                   select from image i where i.owner_type = %(kind)s and i.owner_id = o.id and not i.is_deleted)
         order by o.id limit 1000 for update skip locked
    )
    delete from {table} o using unused where o.id = unused.id
"""


def _follow_sql(owners: Owners) -> Sql:
    return compose(_FOLLOW, table=Ident(owners.kind), columns=join(", ", owners.columns))


_FOLLOW_OF = {kind: _follow_sql(owners) for kind, owners in OWNERS.items() if owners.in_projects}


async def follow(database: Database, client: InternalClient, catalog_url: str, kind: OwnerType, row: Row) -> bool:
    """Follow an owner that the catalog has shown as ``row``; False when it is gone since."""
    if not OWNERS[kind].in_projects:
        async with database.transaction() as connection:
            await apply(connection, kind, [row], ASKED)
        return True
    followed = await database.execute_row(_FOLLOW_OF[kind], {"rows": as_json([row]), "asked": ASKED})
    if followed is not None and followed[0]:
        return True
    told = await client.get_json(catalog_url, f"/internal/{kind}/{row['id']}/")
    async with database.transaction() as connection:
        await apply(connection, kind, told["rows"], told["sequence"])
    if not told["rows"]:
        await database.execute(compose(_FORGET, table=Ident(kind)), {"id": row["id"], "asked": ASKED})
    return any(not each["is_deleted"] for each in told["rows"])


async def forget_unused(database: Database) -> None:
    """Follow no longer the owners that have no pictures and that nobody has asked for lately."""
    for kind in _FOLLOW_OF:
        statement = compose(_FORGET_UNUSED, table=Ident(kind))
        while await database.execute(statement, {"kind": kind, "kept": KEPT}):
            pass
