"""Rows without descriptions, and runs over them."""

import asyncio
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import Any

import psycopg
from catalog.descriptions.budget import Budget
from catalog.descriptions.chat import Chat
from catalog.descriptions.job import DESCRIBE, DescribeArgs
from catalog.descriptions.outcomes import RowResult, Totals
from catalog.descriptions.run import DescribeOptions, Run
from catalog.descriptions.undescribed import Undescribed
from catalog.entities.nomenklatura import NOMENKLATURA
from catalog.settings import CatalogSettings
from ecatalog.db.database import Database
from ecatalog.entities.entity import Entity
from ecatalog.jobs.here import run_here
from ecatalog.jobs.task import TaskFailed

Found = Sequence[tuple[Any, ...]]

_PRODUCTS = "insert into nomenklatura (code_1c, name) select 'N' || n, 'Product ' || n from generate_series(1, %s) n"
_CLIENTS = "insert into client (client_code_1c, name) select 'C' || n, 'Client ' || n from generate_series(1, %s) n"


def sql(settings: CatalogSettings, statement: str, parameters: Sequence[Any] = ()) -> Found:
    with psycopg.connect(settings.dsn, autocommit=True) as connection:
        cursor = connection.execute(statement.encode(), parameters)
        return cursor.fetchall() if cursor.description else []


def waiting(settings: CatalogSettings) -> Sequence[tuple[Any, ...]]:
    """The statements that wait for a lock."""
    return sql(
        settings,
        "select pid from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'",
    )


def add_products(settings: CatalogSettings, count: int) -> None:
    """``N1`` named ``Product 1``, and so on."""
    sql(settings, _PRODUCTS, [count])


def add_clients(settings: CatalogSettings, count: int) -> None:
    """``C1`` named ``Client 1``, and so on."""
    sql(settings, _CLIENTS, [count])


def described(settings: CatalogSettings, table: str = "nomenklatura") -> dict[str, str]:
    """The descriptions by the names of their rows."""
    return dict(sql(settings, f"select name, description from {table} where description is not null"))  # noqa: S608 - names of these tests


async def describe(
    settings: CatalogSettings,
    kind: Entity = NOMENKLATURA,
    budget: Budget | None = None,
    at_once: int = 4,
    report: Callable[[RowResult], None] = lambda _: None,
    *,
    dry_run: bool = False,
    **options: Any,
) -> Totals:
    """A run over all rows of a kind, as the command does it."""
    database, chat = Database(settings.dsn), Chat(settings, at_once)
    chosen = DescribeOptions(**options)
    source = Undescribed(database, kind, None, None, overwrite=chosen.overwrite)
    run = Run(database, chat, kind, source, chosen, budget or Budget(), report)
    try:
        if dry_run:
            await run.run(None)
        else:
            with suppress(TaskFailed):
                await run_here(database, DESCRIBE, DescribeArgs(kind=kind.name), run.work_on)
    finally:
        await chat.close()
        await database.close()
    return run.totals


async def together(*runs: Any) -> list[Totals]:
    return list(await asyncio.gather(*runs))
