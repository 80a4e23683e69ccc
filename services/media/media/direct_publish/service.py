"""Publishes changed pictures, and hands them to the catalog at once: clients read the owner's row next."""

import time
from collections.abc import Sequence
from typing import Any
from uuid import UUID

import orjson
from ecatalog.contracts.base import REGISTRY
from ecatalog.contracts.media import IMAGE_CHANGED, PICTURE_CHANGED, ImageChanged, PictureChanged
from ecatalog.core.errors import Unavailable
from ecatalog.core.ids import uuid7
from ecatalog.db.database import Database
from ecatalog.db.render import TIMESTAMP
from ecatalog.db.sql import Ident, Sql, compose, execute, join
from ecatalog.events.envelope import encode
from ecatalog.events.outbox import publish
from ecatalog.http.internal_client import InternalClient
from ecatalog.telemetry.logging import logger
from psycopg import AsyncConnection
from pydantic import BaseModel

Connection = AsyncConnection[Any]

log = logger(__name__)

AT_MOST_SECONDS = 0.5
REST_SECONDS = 10.0

_BRIEF = compose(
    "case when status is not null then"
    " json_build_object('id', status->'id', 'code', status->'code', 'name', status->'name') end as status"
)


def _columns(model: type[BaseModel], **different: Sql) -> Sql:
    rendered = {"image_id": compose("id as image_id"), **different}
    return join(", ", [rendered.get(name) or _column(Ident(name)) for name in model.model_fields])


def _column(name: Ident) -> Sql | Ident:
    return compose("to_char({name}, {format}) as {name}", name=name, format=TIMESTAMP) if name.endswith("_at") else name


_COLUMNS = _columns(PictureChanged)
_ROWS = compose(
    "select row_to_json(x)::text from (select {columns} from picture where id = any(%(ids)s::bigint[])"
    " order by array_position(%(ids)s::bigint[], id)) x",
    columns=_COLUMNS,
)
# References are locked as well: one that changes meanwhile is published by an event with a later sequence.
_LOCK_REFERENCES = (
    "select from image_status where id in (select status_id from image where id = any(%(ids)s)) for share",
    "select from image_source where id in (select source_id from image where id = any(%(ids)s)) for share",
)
_REPUBLISH = {
    kind.name: compose(
        "insert into outbox (type, key, data) select %(type)s, x.image_id::text, row_to_json(x)"
        " from (select {columns} from picture where id = any(%(ids)s) order by id) x",
        columns=columns,
    )
    for kind, columns in ((PICTURE_CHANGED, _COLUMNS), (IMAGE_CHANGED, _columns(ImageChanged, status=_BRIEF)))
}
_EVENTS = """
    select seq, id, type, key, data, request_id, traceparent, created_at from outbox
     where id = any(%(ids)s) order by seq
"""


async def publish_images(connection: Connection, ids: Sequence[int]) -> list[UUID]:
    """Publish these pictures in the transaction that changed them, and return the ids of our own events."""
    published: list[UUID] = []
    rows = await execute(connection, _ROWS, {"ids": list(ids)})
    for (rendered,) in await rows.fetchall():
        row = orjson.loads(rendered)
        event_id, key = uuid7(), row["image_id"]
        await publish(connection, PICTURE_CHANGED, PictureChanged(**row), key=key, event_id=event_id)
        await publish(connection, IMAGE_CHANGED, ImageChanged(**row), key=key)
        published.append(event_id)
    return published


async def republish_images(connection: Connection, ids: Sequence[int]) -> None:
    """Publish pictures, whose rows are locked, as they are."""
    for lock in _LOCK_REFERENCES:
        await execute(connection, lock, {"ids": list(ids)})
    for name, statement in _REPUBLISH.items():
        await execute(connection, statement, {"type": name, "ids": list(ids)})


class DirectPublisher:
    """Hands events to the catalog as the broker does. The broker remains the guarantee, so a failure is only logged."""

    def __init__(self, database: Database, client: InternalClient, catalog_url: str) -> None:
        self._database = database
        self._client = client
        self._catalog_url = catalog_url
        self._not_before = 0.0

    async def hand_over(self, events: Sequence[UUID]) -> None:
        """Return when the catalog shows the change, or cannot be waited for any longer."""
        if not events or time.monotonic() < self._not_before:
            return
        body = b"[" + b",".join(await self._bodies(events)) + b"]"
        try:
            await self._client.post(self._catalog_url, "/internal/images/", body, timeout=AT_MOST_SECONDS)
        except Unavailable as error:
            self._not_before = time.monotonic() + REST_SECONDS
            log.warning("the catalog hears of pictures by the broker alone for a while", error=str(error))

    async def _bodies(self, events: Sequence[UUID]) -> list[bytes]:
        rows = await self._database.fetch_rows(_EVENTS, {"ids": list(events)})
        return [
            encode(
                REGISTRY[kind], event_id=event_id, key=key, sequence=seq, time=created_at, data=data,
                request_id=request_id, traceparent=traceparent,
            )
            for seq, event_id, kind, key, data, request_id, traceparent, created_at in rows
        ]  # fmt: skip
