"""Implements ``events tail``."""

import asyncio
from collections.abc import Sequence
from typing import Any

import orjson
import typer
from nats.aio.msg import Msg

from ecatalog.events.broker import Broker

ROOTS = ("ecatalog", "internal.ecatalog")
NAMES = ("name", "code_1c", "client_code_1c", "agent_code")
SHOWN_ROWS = 3
SHOWN_LENGTH = 110


def subjects(typed: str) -> list[str]:
    """Return the NATS subjects of what was typed: all, a part such as ``catalog.project``, or whole ones."""
    roots = [typed] if typed.startswith(ROOTS) else [f"{root}.{typed}".rstrip(".") for root in ROOTS]
    return [subject for root in roots for subject in ([root] if root.endswith(">") else [root, f"{root}.>"])]


async def follow(nats_url: str, wanted: Sequence[str], *, whole: bool, count: int) -> None:
    """Print events as they come: ``count`` of them, or for ever."""
    broker = Broker(nats_url, "manage")
    await broker.connect()
    messages: asyncio.Queue[Msg] = asyncio.Queue()
    for subject in wanted:
        await broker.client.subscribe(subject, cb=messages.put)
    await broker.client.flush()
    typer.echo("Following events; Ctrl-C ends it.", err=True)
    try:
        for number in range(1, 2**63):
            message = await messages.get()
            typer.echo(message.data.decode() if whole else line(orjson.loads(message.data)))
            if number == count:
                break
    finally:
        await broker.close()


def line(event: dict[str, Any]) -> str:
    """Return an event in one line: time, type, key, sequence, and the start of its data."""
    kind = event["type"].removeprefix("ecatalog.")
    return (
        f"{event['time'][11:19]}  {kind:<34} {event['subject']:<12} #{event['sequence']:<8} {_summary(event['data'])}"
    )


def _summary(data: dict[str, Any]) -> str:
    rows = data.get("rows")
    if rows:
        shown = ", ".join(_title(row) for row in rows[:SHOWN_ROWS])
        return f"{len(rows)} rows: {shown}{', …' if len(rows) > SHOWN_ROWS else ''}"[:SHOWN_LENGTH]
    plain = {name: value for name, value in data.items() if isinstance(value, str | int | float | bool)}
    return " ".join(f"{name}={value}" for name, value in plain.items())[:SHOWN_LENGTH]


def _title(row: dict[str, Any]) -> str:
    code = next((str(row[name]) for name in NAMES[1:] if row.get(name)), "")
    return f"{code} {row.get('name', '')}".strip()
