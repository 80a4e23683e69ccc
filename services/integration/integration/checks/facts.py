"""What is known of a base that sends by itself: what came, what is kept of it, and how it is chosen. Never a price."""

from typing import Any, NamedTuple

import orjson
from ecatalog.db.database import Database
from ecatalog.db.render import TIMESTAMP
from ecatalog.db.sql import Ident, compose, join

from integration.checks.schemas import ExchangeOut, PriceTypeOut, WarehouseOut
from integration.mappings.model import TOTAL, Mapping

_TIMES = join(
    ", ",
    (
        compose("to_char(s.{name}, {format}) as {name}", name=Ident(name), format=TIMESTAMP)
        for name in ("created_at", "closed_at", "ended_at")
    ),
)
_EXCHANGE = compose(
    """
    select row_to_json(x) from (
        select i.exchange_password is not null as has_password,
               (select to_char(max(e.used_at), {format}) from exchange_session e
                 where e.integration_id = i.id) as last_session_at,
               (select to_char(p.full_at, {format}) from source_snapshot p
                 where p.integration_id = i.id and p.stream = 'nomenklatura') as last_full_at,
               (select row_to_json(l) from (
                    select s.id, s.started_by, s.is_dry_run, s.outcome, s.files, s.bytes, s.missing, {times}
                      from source_set s where s.integration_id = i.id order by s.id desc limit 1) l) as last_set
          from integration i where i.id = %(id)s) x
    """,
    format=TIMESTAMP, times=_TIMES,
)  # fmt: skip

# Streams that have no memory of their own are counted as they came last.
_COUNTS = """
    select stream, count(*) from source_record
     where integration_id = %(id)s and not is_deleted and not is_missing group by stream
    union all
    select stream, count(distinct key) from source_value
     where project_id = %(project_id)s and base = %(base)s group by stream
    union all
    select sort || 's', count(distinct key) from classifier_entry
     where integration_id = %(id)s and sort in ('group', 'price_type', 'warehouse') group by sort
    union all
    select 'variants', s.total from sync_stream s
     where s.stream = 'variants' and s.job_id = (
           select max(j.id) from job j where j.task = 'sync' and j.subject = 'integration/' || %(id)s
              and j.status = 'succeeded')
"""
# Integrations of one base in one project share the values; each knows the names that its own files brought.
_NAMED = """
    with known as (
        select distinct on (e.key) e.key, e.name
          from classifier_entry e join integration i on i.id = e.integration_id
         where e.sort = %(sort)s and i.project_id = %(project_id)s and coalesce(i.base, i.id::text) = %(base)s
         order by e.key, i.id = %(id)s desc
    ), valued as (
        select of as key, count(distinct key) as count from source_value
         where project_id = %(project_id)s and base = %(base)s and stream = %(stream)s and of <> '' group by of
    )
    select key, known.name, coalesce(valued.count, 0) from known full join valued using (key)
     order by known.name, key limit 1000
"""
_SNAPSHOTS = """
    select stream, is_stale, full_at < now() - interval '7 days' from source_snapshot where integration_id = %(id)s
     order by stream
"""


class SnapshotFacts(NamedTuple):
    """Whether nothing of a stream counts as unchanged, and whether its last whole list is older than a week."""

    stream: str
    is_stale: bool
    is_old: bool | None


class SourceFacts:
    """Reads the facts of one integration."""

    def __init__(self, database: Database, integration_id: int, project_id: int, base: str) -> None:
        self._database = database
        self._about: dict[str, Any] = {"id": integration_id, "project_id": project_id, "base": base}

    async def exchange(self) -> ExchangeOut:
        found = await self._database.fetch_json(_EXCHANGE, self._about)
        return ExchangeOut.model_validate(orjson.loads(found or b"{}"))

    async def counts(self) -> dict[str, int]:
        """Return the number of records of each stream."""
        return dict(await self._database.fetch_rows(_COUNTS, self._about))

    async def snapshots(self) -> list[SnapshotFacts]:
        return [SnapshotFacts(*row) for row in await self._database.fetch_rows(_SNAPSHOTS, self._about)]

    async def price_types(self, mapping: Mapping) -> list[PriceTypeOut]:
        chosen = mapping.price_types.model_dump()
        rows = await self._named("price_type", "prices")
        return [
            PriceTypeOut(key=key, name=name, count=count, fills=[to for to, of in chosen.items() if of == key])
            for key, name, count in rows
        ]

    async def warehouses(self, mapping: Mapping) -> list[WarehouseOut]:
        chosen = mapping.stock if mapping.stock not in (None, TOTAL) else ()
        return [
            WarehouseOut(key=key, name=name, count=count, is_counted=key in chosen)
            for key, name, count in await self._named("warehouse", "stock")
        ]

    async def _named(self, sort: str, stream: str) -> list[tuple[Any, ...]]:
        return list(await self._database.fetch_rows(_NAMED, self._about | {"sort": sort, "stream": stream}))
