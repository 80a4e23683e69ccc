"""Keeps a copy of all products, and the history of their changes, in an SQLite file.

    pip install -r requirements.txt
    EVENTS_URL=nats://outside:PASSWORD@127.0.0.1:8011 python subscriber.py

EVENTS_CONSUMER names the place in the stream (ext_example_python): one for each program, or they share the events.
EVENTS_FILE is the SQLite file (products.sqlite). docs/events.md explains what this relies on.
"""

import asyncio
import json
import logging
import os
import sqlite3
from typing import Any

import nats
from nats.aio.client import Client
from nats.errors import Error as NatsError
from nats.js import JetStreamContext
from nats.js.api import AckPolicy, ConsumerConfig, DeliverPolicy
from nats.js.errors import NotFoundError

URL = os.environ.get("EVENTS_URL", "nats://127.0.0.1:8011")
CONSUMER = os.environ.get("EVENTS_CONSUMER", "ext_example_python")
FILE = os.environ.get("EVENTS_FILE", "products.sqlite")

STREAM = "CATALOG"
SUBJECTS = "ecatalog.catalog.nomenklatura.>"
TYPE = "ecatalog.catalog.nomenklatura.changed.v1"
ASK_SECONDS = 5.0

TABLES = """
    create table if not exists product (
        id integer primary key, sequence integer not null, is_deleted integer not null, row text not null
    );
    create table if not exists change (
        number integer primary key, product_id integer not null, sequence integer not null, row text not null
    );
    create table if not exists event (id text primary key, handled_at text not null default current_timestamp);
    delete from event where handled_at < datetime('now', '-30 days');
"""

log = logging.getLogger("subscriber")


def open_database(file: str) -> sqlite3.Connection:
    database = sqlite3.connect(file)
    database.executescript(TABLES)
    return database


def handle(database: sqlite3.Connection, body: bytes) -> int:
    """Give an event its effect; how many products it changed. The second time, it changes none.

    The effect and the note that it was had are written in one transaction: a crash leaves both or neither.
    """
    event = json.loads(body)
    if event["type"] != TYPE:
        return 0  # new types may come at any time
    with database:
        added = database.execute("insert or ignore into event (id) values (?)", (event["id"],))
        if added.rowcount == 0:
            return 0
        return sum(keep(database, row, int(event["sequence"])) for row in event["data"]["rows"])


def keep(database: sqlite3.Connection, row: dict[str, Any], sequence: int) -> bool:
    """Take over a product as an event shows it; whether that changed it.

    An event that comes late never overwrites a newer one. Of a deleted product the row stays, for the same reason.
    """
    text = json.dumps(row, sort_keys=True, ensure_ascii=False)
    known = database.execute("select sequence, row from product where id = ?", (row["id"],)).fetchone()
    if known is not None and known[0] >= sequence:
        return False
    database.execute(
        "insert into product (id, sequence, is_deleted, row) values (?, ?, ?, ?) on conflict (id) do update"
        " set sequence = excluded.sequence, is_deleted = excluded.is_deleted, row = excluded.row",
        (row["id"], sequence, row["is_deleted"], text),
    )
    if known is not None and known[1] == text:
        return False  # told again, unchanged
    database.execute("insert into change (product_id, sequence, row) values (?, ?, ?)", (row["id"], sequence, text))
    return True


async def follow(jetstream: JetStreamContext, database: sqlite3.Connection) -> None:
    """Handle events until the broker or the consumer is gone, which raises."""
    # Making a consumer that exists as it is changes nothing: its place in the stream stays. With one unacknowledged
    # event at a time, they come in order; an event whose reader died comes again after ack_wait seconds.
    config = ConsumerConfig(
        name=CONSUMER, durable_name=CONSUMER, filter_subject=SUBJECTS, deliver_policy=DeliverPolicy.ALL,
        ack_policy=AckPolicy.EXPLICIT, ack_wait=5, max_ack_pending=1,
    )  # fmt: skip
    await jetstream.add_consumer(STREAM, config)
    subscription = await jetstream.pull_subscribe_bind(CONSUMER, STREAM)
    log.info("following %s as %s", STREAM, CONSUMER)
    try:
        while True:
            try:
                [message] = await subscription.fetch(1, timeout=ASK_SECONDS)
            except TimeoutError:
                await subscription.consumer_info()  # raises when the stream was made anew without our consumer
                continue
            changed = handle(database, message.data)
            await message.ack()  # when this is lost, the event comes again and is recognised
            log.info("event %s changed %d products", message.metadata.sequence.stream, changed)
    finally:
        await subscription.unsubscribe()


async def connect() -> Client:
    async def say(error: Exception) -> None:
        log.warning("connection: %s", error or type(error).__name__)

    return await nats.connect(
        URL, name=CONSUMER, inbox_prefix=b"_INBOX_ext", error_cb=say, max_reconnect_attempts=-1, reconnect_time_wait=1
    )


async def main() -> None:
    database = open_database(FILE)
    client = await connect()
    while True:
        try:
            await follow(client.jetstream(domain="events"), database)
        except (NatsError, NotFoundError, OSError) as error:
            log.warning("waiting: %s", error or type(error).__name__)
            await asyncio.sleep(1)


if __name__ == "__main__":
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s")
    try:
        asyncio.run(main())
    except KeyboardInterrupt:
        log.info("stopped")
