"""Reads a stream for as long as a process lives, through outages and the loss of the broker's store."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Any, NoReturn

from nats.aio.msg import Msg
from nats.js import JetStreamContext
from nats.js.api import ConsumerConfig, ConsumerInfo
from nats.js.errors import NotFoundError

from ecatalog.core.outages import is_transient
from ecatalog.events.broker import Broker
from ecatalog.telemetry.waiting import Wait

Subscription = JetStreamContext.PullSubscription

FETCH_SECONDS = 5.0


async def keep(read: Callable[[], Awaitable[None]], wait: Wait, sentence: str, pause: float, **facts: Any) -> NoReturn:
    """Start ``read`` anew whenever it ends, by an outage or because its consumer is gone."""
    while True:
        try:
            await read()
        except Exception as error:
            if not (is_transient(error) or isinstance(error, NotFoundError)):
                raise
            wait.tell(sentence, error=str(error) or type(error).__name__, **facts)
            await asyncio.sleep(pause)


async def subscribe(broker: Broker, stream: str, config: ConsumerConfig) -> tuple[Subscription, ConsumerInfo]:
    """Create the consumer, or find a durable one, and return its subscription and its state."""
    info = await broker.jetstream.add_consumer(stream, config)
    return await broker.jetstream.pull_subscribe_bind(info.name, stream), info


async def fetch(subscription: Subscription, most: int) -> Sequence[Msg]:
    """Return the next messages; none when nothing came, for which nats-py has two ways."""
    try:
        return await subscription.fetch(most, timeout=FETCH_SECONDS)
    except TimeoutError:
        return []
