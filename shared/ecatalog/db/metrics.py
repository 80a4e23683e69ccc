"""Metrics that the database knows: they are read when somebody asks for the page of metrics."""

import asyncio
import math
from collections.abc import Sequence
from typing import Any

import psycopg
from prometheus_client import Gauge

from ecatalog.db.database import Database
from ecatalog.telemetry.logging import logger

log = logger(__name__)

TIMEOUT = 2.0

OUTBOX_AGE = Gauge("outbox_oldest_unpublished_seconds", "Age of the oldest event that the broker has not confirmed")
DEAD_LETTERS_OPEN = Gauge("dead_letters_open", "Dead letters that nobody has dealt with; counted up to 10000")

_EVENTS = """
    select coalesce((select extract(epoch from clock_timestamp() - created_at)::float8
                       from outbox where published_at is null order by seq limit 1), 0),
           (select count(*) from (select from dead_letter where resolved_at is null limit 10000) as open)
"""


class Readings:
    """Statements whose columns are the values of gauges.

    Each must be answered by an index: it runs in every process of the service whenever metrics are collected.
    """

    def __init__(self, database: Database) -> None:
        self._database = database
        self._statements: list[tuple[str, Sequence[Gauge]]] = []
        self._tables: list[tuple[str, Sequence[Gauge]]] = []
        self.add(_EVENTS, OUTBOX_AGE, DEAD_LETTERS_OPEN)

    def add(self, sql: str, *gauges: Gauge) -> None:
        """Set ``gauges`` to the columns of this statement's row, in their order."""
        self._statements.append((sql, gauges))

    def add_rows(self, sql: str, *gauges: Gauge) -> None:
        """Set ``gauges``, which have the same labels, by each row of this statement: its labels, then their values.

        A value that is null, and a row that is gone, are no number at all.
        """
        self._tables.append((sql, gauges))

    async def refresh(self) -> None:
        """Read everything anew. What cannot be read is NaN, or gone: an old number must not pass for a new one."""
        statements = (self._read_row(sql, gauges) for sql, gauges in self._statements)
        await asyncio.gather(*statements, *(self._read_rows(sql, gauges) for sql, gauges in self._tables))

    async def _read_row(self, sql: str, gauges: Sequence[Gauge]) -> None:
        values = next(iter(await self._read(sql)), [math.nan] * len(gauges))
        for gauge, value in zip(gauges, values, strict=True):
            gauge.set(value)

    async def _read_rows(self, sql: str, gauges: Sequence[Gauge]) -> None:
        rows = await self._read(sql)
        for gauge in gauges:
            gauge.clear()
        for row in rows:
            labels, values = row[: -len(gauges)], row[-len(gauges) :]
            for gauge, value in zip(gauges, values, strict=True):
                if value is not None:
                    gauge.labels(*labels).set(value)

    async def _read(self, sql: str) -> Sequence[Sequence[Any]]:
        try:
            async with asyncio.timeout(TIMEOUT):
                return await self._database.fetch_rows(sql)
        except (psycopg.Error, OSError, TimeoutError) as error:
            log.warning("metrics cannot be read", error=str(error) or type(error).__name__)
            return ()
