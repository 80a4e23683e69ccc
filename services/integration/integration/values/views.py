"""What is parked as administrators see it: SQL by which PostgreSQL renders the JSON."""

from ecatalog.db.render import TIMESTAMP
from ecatalog.db.sql import Sql, compose

BASE = compose(
    """
    select i.project_id, coalesce(i.base, i.id::text) from integration i where i.id = %(id)s and not i.is_deleted
    """
)
"""The project and the base of an integration."""

_PARKED = compose("source_parked p where p.project_id = %(project_id)s and p.base = %(base)s")


def parked(where: Sql) -> Sql:
    """Select a page of what is parked under a condition, the oldest first, as a JSON array."""
    return compose(
        """
        select coalesce(json_agg(row_to_json(x)), '[]'::json) from (
            select p.key, p.stream, to_char(p.since, {timestamp}) as since
              from {parked} and {where} order by p.since, p.stream, p.key limit %(limit)s offset %(offset)s) x
        """,
        timestamp=TIMESTAMP, parked=_PARKED, where=where,
    )  # fmt: skip


def parked_count(where: Sql) -> Sql:
    return compose("select count(*) from {parked} and {where}", parked=_PARKED, where=where)
