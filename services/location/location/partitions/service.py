"""Points are partitioned by month. Partitions are created ahead of time and dropped whole when they are too old."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from ecatalog.db.database import Database
from ecatalog.db.sql import Ident, Sql, compose, execute, number
from psycopg import AsyncConnection

Connection = AsyncConnection[Any]

LOCK = 0x0EC0_0501
LOCK_TIMEOUT = "set local lock_timeout = '4s'"
AHEAD, BEHIND = 2, 1
"""Months after and before this one that have a partition; older and later points share the default one."""

SEEN_DAYS = 90
AT_ONCE = 10_000

_EXISTS = "select to_regclass(%s) is not null"
_CREATE = (
    "create table {name} (like location_point including defaults)",
    "lock table track.other in access exclusive mode",
    """
    with moved as (
        delete from track.other where fixed_at >= {start} and fixed_at < {end} returning *
    )
    insert into {name} select * from moved
    """,
    "alter table location_point attach partition {name} for values from ({start}) to ({end})",
)
_OLD = """
    select c.relname from pg_class c join pg_namespace n on n.oid = c.relnamespace
     where n.nspname = 'track' and c.relkind = 'r' and c.relname ~ '^m\\d{4}_\\d\\d$' order by 1
"""
# Takes the points in ``gone`` out of the counts. An agent whose newest point is among them has no position any more.
_UNCOUNT = compose("""
    counted as (
        select agent_code, region, (fixed_at at time zone current_setting('timezone'))::date as day, count(*) as points
          from gone where not is_deleted group by 1, 2, 3
    ),
    days as (
        update agent_day d set points = d.points - c.points from counted c
         where d.agent_code = c.agent_code and d.region = c.region and d.day = c.day
    )
    update agent_position p set points = p.points - c.points,
           point_id = case when g.id is null then p.point_id end, fixed_at = case when g.id is null then p.fixed_at end
      from (select agent_code, sum(points) as points from counted group by 1) c left join lateral (
               select gone.id from gone join agent_position a on a.point_id = gone.id where a.agent_code = c.agent_code
           ) g on true
     where p.agent_code = c.agent_code
""")  # fmt: skip
_DELETE_REST = compose(
    """
    with gone as (
        delete from track.other t where (t.id, t.fixed_at) in (
            select id, fixed_at from track.other where fixed_at < %(before)s limit {at_once}
        ) returning *
    ), {uncount} returning 1
    """,
    at_once=number(AT_ONCE),
    uncount=_UNCOUNT,
)
_HAS_REST = "select from track.other where fixed_at < %(before)s limit 1"
_DELETE_EMPTY = ("delete from agent_day where points <= 0", "delete from agent_position where points <= 0")
_DELETE_IDS = compose(
    """
    delete from location_seen where (agent_code, client_id) in (
        select agent_code, client_id from location_seen where seen_at < now() - interval '{days} days'
         limit {at_once}
    )
    """,
    days=number(SEEN_DAYS),
    at_once=number(AT_ONCE),
)
_DROP = (
    "lock table track.{table} in access exclusive mode",
    "with gone as materialized (select * from track.{table}), {uncount}",
    "drop table track.{table}",
)


@dataclass(frozen=True)
class Month:
    """A month in UTC."""

    year: int
    month: int

    @property
    def table(self) -> Ident:
        return Ident(f"m{self.year:04}_{self.month:02}")

    @property
    def name(self) -> Sql:
        return compose("track.{table}", table=self.table)

    @property
    def start(self) -> datetime:
        return datetime(self.year, self.month, 1, tzinfo=UTC)

    @property
    def start_sql(self) -> Sql:
        return compose("'{year}-{month}-1 00:00:00Z'::timestamptz", year=number(self.year), month=number(self.month))

    def plus(self, months: int) -> "Month":
        year, month = divmod(self.year * 12 + self.month - 1 + months, 12)
        return Month(year, month + 1)


def months_around(now: datetime) -> Iterator[Month]:
    """List the months that have a partition of their own at this time."""
    current = Month(now.year, now.month)
    return (current.plus(offset) for offset in range(-BEHIND, AHEAD + 1))


async def create(database: Database, month: Month) -> bool:
    """Create the partition of a month and move its points there from the default one; False when it exists."""
    async with database.transaction() as connection:
        await _begin(connection)
        found = await (await connection.execute(_EXISTS, [month.name])).fetchone()
        if found is None or found[0]:
            return False
        for statement in create_sql(month):
            await execute(connection, statement)
    return True


def create_sql(month: Month) -> list[Sql]:
    bounds = {"start": month.start_sql, "end": month.plus(1).start_sql}
    return [compose(statement, name=month.name, **bounds) for statement in _CREATE]


async def _begin(connection: Connection) -> None:
    await connection.execute("select pg_advisory_xact_lock(%s)", [LOCK])
    await connection.execute(LOCK_TIMEOUT)


async def delete_points(database: Database, before: datetime) -> int:
    """Delete the points before a time: whole months are dropped. Returns the number of dropped months."""
    dropped = 0
    for (name,) in await database.fetch_rows(_OLD):
        month = Month(int(name[1:5]), int(name[6:8]))
        if month.plus(1).start <= before:
            await _drop(database, month)
            dropped += 1
    while await _delete_rest(database, before):
        pass
    return dropped


async def _drop(database: Database, month: Month) -> None:
    async with database.transaction() as connection:
        await _begin(connection)
        for statement in _DROP:
            await execute(connection, compose(statement, table=month.table, uncount=_UNCOUNT))
        await _delete_empty(connection)


async def _delete_rest(database: Database, before: datetime) -> bool:
    async with database.transaction() as connection:
        await _begin(connection)
        if await (await execute(connection, _HAS_REST, {"before": before})).fetchone() is None:
            return False
        await execute(connection, _DELETE_REST, {"before": before})
        await _delete_empty(connection)
    return True


async def _delete_empty(connection: Connection) -> None:
    for statement in _DELETE_EMPTY:
        await connection.execute(statement.encode())


async def delete_old_ids(database: Database) -> None:
    """Delete ids that are too old to be sent again."""
    async with database.connection() as connection:
        while (await execute(connection, _DELETE_IDS)).rowcount == AT_ONCE:
            pass


async def maintain(database: Database, retention_days: int | None) -> None:
    """Create the partitions that are missing and delete what is too old."""
    now = datetime.now(UTC)
    for month in months_around(now):
        await create(database, month)
    if retention_days is not None:
        await delete_points(database, now - timedelta(days=retention_days))
    await delete_old_ids(database)
