"""The second step of a run: what came is compared with what was applied, and made ready to be sent."""

from collections.abc import Collection
from typing import NamedTuple

from ecatalog.db.pool import Transaction
from ecatalog.db.sql import execute
from ecatalog.jobs.state import JobState

from integration.connectors.commerceml.rows import PRODUCTS
from integration.runs import numbers
from integration.runs.asking import CatalogKeys
from integration.runs.chains import chains_of
from integration.runs.dividing import divide
from integration.runs.judging import PLANS
from integration.runs.labels import add_labels
from integration.runs.memory import StreamOfRun, stream_of
from integration.runs.missing import missing_of
from integration.runs.ready import Compared, write_relabelled, write_rows
from integration.runs.run import APPLIED, MAPPED, Run
from integration.runs.told import told
from integration.syncs.metrics import count_rows
from integration.values import steps


class Made(NamedTuple):
    """What was made of a stream: rows beyond those that came, rows that need not be sent, and further errors.

    ``chains`` are the lengths of those that come first; ``equal`` rows are as they were applied, sent or not.
    """

    more: int = 0
    unchanged: int = 0
    errors: int = 0
    equal: int = 0
    chains: tuple[int, ...] = ()
    warnings: tuple[str, ...] = ()

    @property
    def moved(self) -> int:
        """Return the number of rows whose codes change."""
        return sum(self.chains)


async def compare(run: Run, catalog: CatalogKeys) -> JobState:
    """Make the rows that are sent, divide them into chunks, and bring the run to its third step."""
    job = run.job
    unknown = await steps.unknown_products(job.database, run.of_values, catalog.products)
    async with job.transaction() as connection:
        made = await make_ready(connection, run, unknown)
        chunks = 0
        for stream in APPLIED:
            chains = made[stream].chains if stream in made else ()
            chunks += await divide(connection, run, stream, chains, chunks)
        before = await told(connection, job.id)
        unchanged = sum(one.unchanged for one in made.values())
        errors = sum(one.errors for one in made.values())
        count_rows(connection, job.args.sync_type, unchanged=unchanged, error=errors)
        return await job.advance(
            connection, phase="apply", total=before.total + sum(one.more for one in made.values()), updated=unchanged,
            unchanged=unchanged, errors_written=errors,
            warnings=[*before.warnings, *(line for one in made.values() for line in one.warnings)],
        )  # fmt: skip


async def make_ready(connection: Transaction, run: Run, unknown: Collection[str]) -> dict[str, Made]:
    """Write the rows that are to be sent, stream by stream; return what was made of those that are mapped."""
    await execute(connection, PLANS)
    await add_labels(connection, run.job.id, run.job.args.integration_id, run.mapping.category_level)
    made: dict[str, Made] = {}
    for name in MAPPED:
        if name not in run.mapping.streams:
            continue
        if stream := await stream_of(connection, run, name):
            made[name] = await _made(connection, run, stream)
        elif name == PRODUCTS:
            made[name] = await _relabelled(connection, run)
    await steps.add_ready_rows(connection, run.of_values, unknown)
    return made


async def _made(connection: Transaction, run: Run, stream: StreamOfRun) -> Made:
    chains = await chains_of(connection, run, stream)
    compared = await write_rows(connection, run, stream, chains.moved)
    more = await write_relabelled(connection, run, stream, compared.sent)
    missing = await missing_of(connection, run, stream)
    unchanged = compared.total - compared.sent
    await numbers.add(connection, run.job.id, stream.name, {
        "total": more, "processed": unchanged + chains.refused, "updated": unchanged, "unchanged": unchanged,
        "errors": chains.refused, "missing": missing.rows, "marked": compared.marked,
    })  # fmt: skip
    warnings = _warnings(stream, compared) + ((missing.sentence(stream.name),) if missing.rows else ())
    return Made(more, unchanged, chains.refused, compared.equal, tuple(map(len, chains.moved)), warnings)


async def _relabelled(connection: Transaction, run: Run) -> Made:
    """Send the new names of groups to the products of a list that holds none of them."""
    stream = StreamOfRun(PRODUCTS, is_trusted=False, sends_all=False, whole=[])
    more = await write_relabelled(connection, run, stream, 0)
    if more:
        await numbers.declare(connection, run.job.id, PRODUCTS, total=more)
    return Made(more)


def _warnings(stream: StreamOfRun, compared: Compared) -> tuple[str, ...]:
    if not compared.marked:
        return ()
    return (f"{compared.marked:,} of {stream.name} {'is' if compared.marked == 1 else 'are'} marked as deleted",)
