"""Runs of files in tests: what 1C wrote is kept, read, and applied by the double of the catalog."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple
from uuid import UUID

import orjson
from ecatalog.db.database import Database
from ecatalog.testing.client import until
from integration.files.starting import Target, start_run
from integration.syncs.args import SyncArgs

from ..builders import sync
from ..files.storing import store_for
from ..keyed import KeyedCatalog

REMEMBERED = (
    "source_record", "source_snapshot", "source_value", "source_parked", "classifier_entry", "mapping_version",
    "seen_key",
)  # fmt: skip
NUMBERS = ("total", "created", "updated", "unchanged", "skipped", "errors")


class Numbers(NamedTuple):
    total: int
    created: int = 0
    updated: int = 0
    unchanged: int = 0
    skipped: int = 0
    errors: int = 0


class Loaded(NamedTuple):
    """A run that has ended: its job, the numbers of its streams, and the errors of its rows."""

    job: dict[str, Any]
    streams: dict[str, dict[str, Any]]
    errors: list[tuple[str, str]]

    @property
    def numbers(self) -> Numbers:
        assert self.job["status"] == "completed", (self.job["error"], self.errors)
        return Numbers(*(self.job[name] for name in NUMBERS))

    def of(self, stream: str) -> dict[str, Any]:
        return self.streams[stream]


class Loader:
    """Loads files of an integration, and waits for a worker to run them."""

    def __init__(self, database: Database, catalog: KeyedCatalog) -> None:
        self.database = database
        self.catalog = catalog

    async def load(self, *contents: str, integration: int = 1, **args: Any) -> Loaded:
        """Load one set of files; ``args`` are those of the sync."""
        return await self.load_files(_named(contents), integration, **args)

    async def load_files(self, files: Mapping[str, bytes], integration: int = 1, **args: Any) -> Loaded:
        return await self.run(await self._args(files, integration, **args))

    async def begin(self, *contents: str) -> UUID:
        """Start a run of files, and return its id."""
        return await self._start(await self._args(_named(contents), 1))

    async def _args(self, files: Mapping[str, bytes], integration: int, **args: Any) -> SyncArgs:
        file_ids = await store_for(self.database, integration, files, is_dry_run=args.get("is_dry_run", False))
        asked = {"integration_id": integration, "sync_type": "nomenklatura", "started_by": "file"}
        return SyncArgs.model_validate(asked | {"file_ids": tuple(file_ids)} | args)

    async def run(self, args: SyncArgs) -> Loaded:
        return await self.ended(await self._start(args))

    async def _start(self, args: SyncArgs) -> UUID:
        self.catalog.sent.clear()
        self.catalog.chunks.clear()
        about = {"id": args.integration_id}
        row = await self.database.fetch_row(
            "select project_id, coalesce(base, id::text) from integration where id = %(id)s", about
        )
        assert row
        async with self.database.transaction() as connection:
            return (await start_run(connection, Target(args.integration_id, *row), args)).task_id

    async def ended(self, task_id: UUID) -> Loaded:
        """The run once it has ended."""

        async def over() -> bool:
            return (await sync(self.database, task_id))["finished_at"] is not None

        await until(over, 60)
        return await self.loaded(task_id)

    async def loaded(self, task_id: UUID) -> Loaded:
        state = await sync(self.database, task_id)
        about = {"id": state["id"]}
        async with self.database.connection() as connection:
            cursor = await connection.execute("select * from sync_stream where job_id = %(id)s", about)
            names = [column.name for column in cursor.description or ()]
            streams = [dict(zip(names, row, strict=True)) for row in await cursor.fetchall()]
        errors = await self.database.fetch_rows(
            "select code, error from job_error where job_id = %(id)s order by id", about
        )
        return Loaded(state, {stream["stream"]: stream for stream in streams}, errors)

    async def remap(self, document: Mapping[str, Any], integration: int = 1) -> None:
        """Give an integration another mapping."""
        about = {"id": integration, "mapping": orjson.dumps(document).decode()}
        await self.database.execute(
            "insert into mapping_version select id, mapping_version + 1, %(mapping)s, 1 from integration"
            " where id = %(id)s", about,
        )  # fmt: skip
        await self.database.execute(
            "update integration set mapping_version = mapping_version + 1 where id = %(id)s", about
        )

    async def run_in_large_chunks(self) -> None:
        await self.database.execute("update integration set chunk_size = 1000")

    async def begin_anew(self) -> None:
        """Forget all that was applied, here and in the catalog."""
        for table in REMEMBERED:
            await self.database.execute(f"delete from {table}")  # noqa: S608 - our own names
        await self.database.execute("update integration set mapping_version = 1")
        self.catalog.clear()

    async def cleaned(self) -> None:
        """Wait until nothing is left of runs that have ended."""

        async def are_clean() -> bool:
            return not await self.database.fetch_value("select count(*) from job where cleaned_at is null")

        await until(are_clean)

    @property
    def sent(self) -> list[str | None]:
        """The keys that the last run sent."""
        return [row["key"] for row in self.catalog.sent]


def _named(contents: Sequence[str]) -> dict[str, bytes]:
    return {f"{number}.xml": content.encode() for number, content in enumerate(contents, 1)}
