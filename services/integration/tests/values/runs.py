"""Runs of prices and stock on the real database, without the rest of a run around them."""

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import orjson
from ecatalog.db.database import Database
from ecatalog.db.pool import Transaction
from ecatalog.db.sql import execute
from integration.connectors.commerceml import CommerceMLSource
from integration.mappings.model import Mapping
from integration.mappings.stored import completed
from integration.values import classifier
from integration.values.run import VALUE_STREAMS, OfferCounts, ValuesRun
from integration.values.steps import add_ready_rows, count, end_staging, settle, stage, unknown_products

from ..builders import NOON, add_integration, add_project, add_run, sync
from ..connectors.commerceml.building import document, file, package

_STREAMS = """
    insert into sync_stream (job_id, stream, complete)
    select %(id)s, x.stream, %(complete)s from unnest(%(streams)s::text[]) x(stream)
"""
_SNAPSHOT = """
    insert into source_snapshot (integration_id, stream, is_stale, mapping_version, project_id, base)
    values (%(id)s, 'nomenklatura', %(is_stale)s, 1, 1, %(base)s) on conflict do nothing
"""
_RECORD = """
    insert into source_record (integration_id, stream, key, scope, hash, is_stand_in, is_deleted, groups)
    values (%(id)s, 'nomenklatura', %(key)s, '', '', false, false, '{}')
"""
_READY = "select stream, key, body from ready_row where job_id = %(id)s order by stream, n"
_FAILED = "insert into failed_row select %(id)s, 'prices', key from unnest(%(keys)s::text[]) key"
_WRITTEN = """
    select relname, n_tup_ins + n_tup_upd + n_tup_del from pg_stat_xact_user_tables
     where relname = any(%(tables)s::text[])
"""
KEPT = ("source_value", "source_parked", "classifier_entry", "source_snapshot")


def mapping(**choices: Any) -> Mapping:
    """The preset of files with these choices."""
    return completed({"preset": "commerceml", **choices})


NOTHING = mapping()


async def _written(connection: Transaction) -> Counter[str]:
    """The rows that the connection has written and not reported yet, by their tables."""
    return Counter(dict(await (await execute(connection, _WRITTEN, {"tables": list(KEPT)})).fetchall()))


@dataclass
class Ended:
    """What became of a run: the rows that were sent, and ``written`` rows by the tables that outlive it."""

    sent: dict[str, dict[str, dict[str, Any]]]
    counts: dict[str, OfferCounts]
    warnings: list[str]
    errors: list[tuple[str, str]]
    written: dict[str, int]


@dataclass
class Base:
    """A base of 1C: its lists, given as offers, are brought to the end, and the columns of ``products`` filled.

    ``products`` are those that the catalog knows, ``refused`` those of which it takes no row.
    """

    database: Database
    integration_id: int
    name: str
    products: dict[str, dict[str, Any]] = field(default_factory=dict)
    refused: set[str] = field(default_factory=set)
    asked: list[str] = field(default_factory=list)

    @classmethod
    async def made(cls, database: Database, *products: str, **integration: Any) -> "Base":
        await add_project(database)
        made = await add_integration(database, "", kind="commerceml-file", **integration)
        return cls(database, made, str(made), {key: {} for key in products})

    async def other(self) -> "Base":
        """Another integration of the same base."""
        made = await add_integration(self.database, "", kind="commerceml-file", base=self.name)
        return replace(self, integration_id=made)

    async def run(
        self, *offers: str, choices: Mapping = NOTHING, version: int = 1, complete: str = "yes", declared: str = "",
        files: Sequence[str] = (), before: Sequence[str] = (),
    ) -> Ended:  # fmt: skip
        """Bring one list of offers to its end, or several files, after statements on the staged rows of the job."""
        run = await self.begin(choices, version, complete)
        given = files or ([file(package("".join(offers), declared))] if offers else [])
        async with self.database.transaction() as connection:
            errors, warnings = await self.fetch(connection, run, given)
            for statement in before:
                await execute(connection, statement, {"id": run.job_id})
        unknown = await unknown_products(self.database, run, self.ask)
        async with self.database.transaction() as connection:
            await add_ready_rows(connection, run, unknown)
        sent = await self.apply(run)
        unknown = await unknown_products(self.database, run, self.ask)
        async with self.database.transaction() as connection:
            written = await _written(connection)
            counts = await settle(connection, run, unknown)
            await classifier.keep(connection, run.job_id, self.integration_id)
            written = await _written(connection) - written
        return Ended(sent, counts, warnings, errors, dict(written))

    async def begin(self, choices: Mapping = NOTHING, version: int = 1, complete: str = "yes") -> ValuesRun:
        task_id = await add_run(self.database, self.integration_id, "doing", NOON)
        job_id = (await sync(self.database, task_id))["id"]
        about = {"id": job_id, "complete": complete, "streams": list(VALUE_STREAMS)}
        await self.database.execute(_STREAMS, about)
        return ValuesRun(job_id, self.integration_id, 1, self.name, choices, version)

    async def fetch(
        self, connection: Transaction, run: ValuesRun, files: Sequence[str]
    ) -> tuple[list[tuple[str, str]], list[str]]:
        documents = [document(text, f"{number}.xml") for number, text in enumerate(files, 1)]
        source = CommerceMLSource(documents, await classifier.load(connection, self.integration_id))
        n = dict.fromkeys(VALUE_STREAMS, 0)
        async for batch in source.read(VALUE_STREAMS):
            if batch.stream in n:
                await stage(connection, run, batch.stream, batch.records, n[batch.stream])
                n[batch.stream] += len(batch.records)
        staged = await end_staging(connection, run, source.classifiers, source.used)
        await classifier.stage(connection, run.job_id, source.classifiers)
        cursor = await execute(
            connection, "select code, error from job_error where job_id = %(id)s order by id", {"id": run.job_id}
        )
        errors = await cursor.fetchall()
        assert sum(staged.errors.values()) == len(errors)
        return errors, staged.warnings

    async def remember(self, key: str, *, is_stale: bool = False) -> None:
        """Remember a product of the integration as one that was applied."""
        about = {"id": self.integration_id, "base": self.name, "key": key, "is_stale": is_stale}
        await self.database.execute(_SNAPSHOT, about)
        await self.database.execute(_RECORD, about)

    async def ask(self, keys: Sequence[str]) -> Collection[str]:
        self.asked += keys
        return [key for key in keys if key in self.products]

    async def apply(self, run: ValuesRun) -> dict[str, dict[str, dict[str, Any]]]:
        """Fill the columns as the catalog does; what it refuses is noted."""
        sent: dict[str, dict[str, dict[str, Any]]] = {stream: {} for stream in VALUE_STREAMS}
        for stream, key, body in await self.database.fetch_rows(_READY, {"id": run.job_id}):
            row = orjson.loads(body)
            assert row["key"] == key
            sent[stream][key] = row["values"]
            if key not in self.refused:
                self.products[key] |= row["values"]
        await self.database.execute(_FAILED, {"id": run.job_id, "keys": sorted(self.refused & sent["prices"].keys())})
        return sent

    async def kept(self, stream: str) -> dict[tuple[str, str], str]:
        """The values that are kept of a stream, by the key and the price type or warehouse."""
        rows = await self.database.fetch_rows(
            "select key, of, trim_scale(value)::text from source_value where stream = %(stream)s order by 1, 2",
            {"stream": stream},
        )
        return {(key, of): value for key, of, value in rows}

    async def parked(self) -> list[tuple[str, str]]:
        rows = await self.database.fetch_rows("select stream, key from source_parked order by 1, 2")
        return [(stream, key) for stream, key in rows]

    async def dry(self, *offers: str, choices: Mapping = NOTHING) -> dict[str, OfferCounts]:
        """The counts of a list that is only looked at."""
        run = await self.begin(choices)
        async with self.database.transaction() as connection:
            await self.fetch(connection, run, [file(package("".join(offers)))])
        unknown = await unknown_products(self.database, run, self.ask)
        async with self.database.transaction() as connection:
            await add_ready_rows(connection, run, unknown)
            return await count(connection, run, unknown)
