"""Takes back the texts that a model wrote."""

from ecatalog.db.sql import Connection, compose, execute
from ecatalog.entities.entity import Entity

from catalog.upsert.events import publish_changed

TOUCHED = compose(
    "(t.enrichment_status <> 'PENDING' or t.last_enriched_at is not null or exists (select from"
    " generated_description g where g.kind = 'nomenklatura' and g.row_id = t.id))"
)
"""The condition of products that show something of a model's work."""

# A text that somebody has changed since is that person's, and stays.
_CLEAR = compose(
    """
    with locked as materialized (
        select t.id from nomenklatura t
         where t.id = any(%(ids)s) and not t.is_deleted and {touched} order by t.code_1c, t.id for no key update of t
    )
    update nomenklatura t
       set enrichment_status = 'PENDING', last_enriched_at = null, updated_at = clock_timestamp(),
           description = case when exists (
                select from generated_description g
                 where g.kind = 'nomenklatura' and g.row_id = t.id and not g.is_draft and g.description = t.description
           ) then null else t.description end
      from locked l where t.id = l.id returning t.id
    """,
    touched=TOUCHED,
)
_FORGET = "delete from generated_description where kind = %(kind)s and row_id = any(%(ids)s)"


async def clear(connection: Connection, products: Entity, ids: list[int]) -> set[int]:
    """Clear products in a transaction; return the ids of those that had something to clear."""
    cleared = await (await execute(connection, _CLEAR, {"ids": ids})).fetchall()
    changed = [row_id for (row_id,) in cleared]
    await execute(connection, _FORGET, {"kind": products.name, "ids": changed})
    await publish_changed(connection, products, changed)
    return set(changed)
