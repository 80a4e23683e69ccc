"""Shows a person in a terminal whether a source can be used, and what a mapping makes of its first records."""

import sys
from collections.abc import Iterable, Sequence

import orjson
import typer
from ecatalog.commands.problems import Problem
from ecatalog.core.errors import ApiError, NotFound
from ecatalog.db.database import Database
from rich.console import Console
from rich.table import Table

from integration.checks import service
from integration.checks.schemas import CheckOut, SampleIn, SampleOut
from integration.settings import IntegrationSettings

FAILED, WITH_PROBLEMS = 1, 3
PIPED_WIDTH = 160
UNKNOWN = "there is no integration {}"


async def show_check(database: Database, integration_id: int, settings: IntegrationSettings) -> int:
    """Print what a check finds; returns the exit code. Raises :class:`Problem`."""
    try:
        found = await service.check(database, integration_id, settings)
    except NotFound:
        raise Problem(UNKNOWN.format(integration_id)) from None
    typer.echo(found.message)
    if found.operations:
        typer.echo(f"operations: {', '.join(found.operations)}")
    _print_facts(found)
    for warning in found.warnings:
        typer.echo(warning)
    return 0 if found.ok else FAILED


async def show_sample(
    database: Database, integration_id: int, stream: str, limit: int, settings: IntegrationSettings
) -> int:
    """Print the fields of a stream and its first records; returns the exit code. Raises :class:`Problem`."""
    try:
        found = await service.sample(database, integration_id, SampleIn(stream=stream, limit=limit), settings)
    except NotFound:
        raise Problem(UNKNOWN.format(integration_id)) from None
    except ApiError as error:
        raise Problem(_sentence(error)) from None
    _print_sample(found)
    return WITH_PROBLEMS if any(row.problems for row in found.rows) else 0


def _print_facts(found: CheckOut) -> None:
    _print(
        ("Stream", "From", "Records", "Columns without a field", "Problem"),
        (
            (one.stream, one.object, _count(one.count), ", ".join(one.missing_fields), one.problem)
            for one in found.streams
        ),
    )
    _print(
        ("Price type", "Name", "Prices", "Fills"),
        ((one.key, one.name, _count(one.count), ", ".join(one.fills)) for one in found.price_types),
    )
    _print(
        ("Warehouse", "Name", "Quantities", "Counts"),
        ((one.key, one.name, _count(one.count), "yes" if one.is_counted else "") for one in found.warehouses),
    )


def _print_sample(found: SampleOut) -> None:
    _print(
        ("Field", "Filled", "Column", "Example"),
        ((one.name, _count(one.filled), ", ".join(one.mapped_to), one.sample) for one in found.fields),
    )
    for row in found.rows:
        shown = row.raw if row.mapped is None else row.mapped
        typer.echo(f"{orjson.dumps(shown).decode()}{''.join(f'  [{problem}]' for problem in row.problems)}")
    if found.unknown:
        typer.echo(f"no column takes: {', '.join(found.unknown)}")


def _print(columns: Sequence[str], rows: Iterable[Sequence[str | None]]) -> None:
    """Print a table, unless it is empty."""
    table = Table(*columns)
    for row in rows:
        table.add_row(*(cell or "" for cell in row))
    if table.row_count:
        Console(width=None if sys.stdout.isatty() else PIPED_WIDTH).print(table, markup=False)


def _count(count: int | None) -> str:
    return "" if count is None else f"{count:,}"


def _sentence(error: ApiError) -> str:
    """Return the first sentence of an error, whatever field it is of."""
    found = next(iter(error.body.values()), "")
    return str(found[0] if isinstance(found, list) and found else found)
