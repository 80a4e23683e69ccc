"""What other people's subscribers may do, and that they can do nothing else."""

import json
from collections.abc import AsyncIterator
from typing import Any
from uuid import uuid4

import pytest
import pytest_asyncio
from ecatalog.events.broker import Broker
from ecatalog.testing.client import until
from nats.aio.client import Client
from nats.errors import Error as NatsError
from nats.js import JetStreamContext
from nats.js.api import AckPolicy, ConsumerConfig
from nats.js.errors import BadRequestError, NotFoundError

from deploy.local.tests import samples
from deploy.local.tests.brokers import Server

EVENTS = 5
ANSWERS = "_INBOX_ext"
DOMAIN = "events"
# What a consumer could be told to push to, or an answer to be sent to, so that somebody does what the account may not.
HARMFUL = [
    "internal.ecatalog.integration.chunk.ready",
    "ecatalog.media.image.changed",
    "ecatalog.catalog.nomenklatura.changed",
    "$JS.API.STREAM.DELETE.CATALOG",
    "$JS.API.STREAM.PURGE.CATALOG",
    "$JS.API.CONSUMER.DELETE.CATALOG.media",
    "public.api.STREAM.DELETE.CATALOG",
    "owner.api.CONSUMER.CREATE.CATALOG",
]


class Both:
    """Our side with its streams, a reader of ours that has a message in hand, and one of theirs."""

    def __init__(self, server: Server) -> None:
        self.server = server
        self.broker = Broker(server.url, "tests")
        self.refusals: list[str] = []

    async def open(self) -> None:
        await self.broker.connect()
        for service in ("catalog", "media", "integration"):
            await self.broker.ensure_streams(service)
        self.ours = self.broker.jetstream
        for number in range(EVENTS):
            await self.tell(number)
        await self.ours.add_consumer("CATALOG", ConsumerConfig(durable_name="media", ack_policy=AckPolicy.EXPLICIT))
        reader = await self.ours.pull_subscribe_bind("media", "CATALOG")
        [self.in_hand] = await reader.fetch(1)
        self.client = await self.connect()
        self.theirs = self.client.jetstream(domain=DOMAIN, timeout=2)

        async def all_copied() -> bool:
            return (await self.theirs.stream_info("CATALOG")).state.messages == EVENTS

        await until(all_copied)

    async def connect(self, client: Client | None = None) -> Client:
        client = client or Client()
        await client.connect(
            self.server.outside_url, inbox_prefix=ANSWERS.encode(), allow_reconnect=False, error_cb=self._refused
        )
        return client

    async def _refused(self, error: Exception) -> None:
        self.refusals.append(str(error))

    async def tell(self, number: int) -> None:
        await self.ours.publish("ecatalog.catalog.nomenklatura.changed", json.dumps({"number": number}).encode())

    async def consumer(self, name: str, **settings: Any) -> JetStreamContext.PullSubscription:
        await self.theirs.add_consumer(
            "CATALOG", ConsumerConfig(name=name, durable_name=name, ack_policy=AckPolicy.EXPLICIT, **settings)
        )
        return await self.theirs.pull_subscribe_bind(name, "CATALOG")

    async def state(self) -> dict[str, Any]:
        """All that an intruder could have changed on our side."""
        names = ("CATALOG", "MEDIA", "INTEGRATION", "INTERNAL_CATALOG", "INTERNAL_INTEGRATION")
        streams = {info.config.name: info.state for info in await self.ours.streams_info()}
        copies = self.broker.client.jetstream(prefix="public.api")
        reader = await self.ours.consumer_info("CATALOG", "media")
        return {
            "streams": {name: (streams[name].messages, streams[name].last_seq) for name in names},
            "others": sorted(set(streams) - {*names, "INTERNAL_MEDIA"}),
            "consumers": [info.name for info in await self.ours.consumers_info("CATALOG")],
            "in hand": (reader.num_ack_pending, reader.delivered and reader.delivered.consumer_seq),
            "copies": [(await copies.stream_info(name)).state.last_seq for name in names[:3]],
        }

    async def close(self) -> None:
        await self.client.close()
        await self.broker.close()


@pytest_asyncio.fixture
async def both(server: Server) -> AsyncIterator[Both]:
    both = Both(server)
    await both.open()
    yield both
    await both.close()


async def arrived(both: Both) -> None:
    """Return once an event that we tell now has reached their side, and all before it."""
    probe = await both.consumer(f"ext_{uuid4().hex}")
    before = await both.state()
    await both.tell(EVENTS)
    while True:
        [message] = await probe.fetch(1, timeout=5)
        if message.metadata.sequence.stream > before["streams"]["CATALOG"][1]:
            return


async def test_their_consumer_reads_acknowledges_and_goes_on_where_it_stopped(both: Both) -> None:
    first = await both.consumer("ext_shop", filter_subject="ecatalog.catalog.nomenklatura.>")
    messages = await first.fetch(3, timeout=5)
    for message in messages:
        await message.ack_sync(timeout=2)
    await both.client.close()
    both.client = await both.connect()
    both.theirs = both.client.jetstream(domain=DOMAIN, timeout=2)

    info = await both.theirs.consumer_info("CATALOG", "ext_shop")
    rest = await (await both.theirs.pull_subscribe_bind("ext_shop", "CATALOG")).fetch(2, timeout=5)

    assert info.ack_floor is not None
    assert info.ack_floor.stream_seq == 3
    assert [json.loads(message.data)["number"] for message in [*messages, *rest]] == [0, 1, 2, 3, 4]
    assert (await both.theirs.stream_info("CATALOG")).state.messages == EVENTS
    assert await both.theirs.delete_consumer("CATALOG", "ext_shop")


async def test_internal_streams_do_not_exist_for_them(both: Both) -> None:
    with pytest.raises(NotFoundError):
        await both.theirs.stream_info("INTERNAL_CATALOG")
    with pytest.raises(NotFoundError):
        await both.theirs.add_consumer("INTERNAL_CATALOG", ConsumerConfig(durable_name="ext_spy"))
    spy = await both.consumer("ext_spy", filter_subject="internal.>")
    with pytest.raises(TimeoutError):
        await spy.fetch(1, timeout=0.5)


async def test_our_consumers_are_out_of_their_reach(both: Both) -> None:
    before = await both.state()
    with pytest.raises(NotFoundError):
        await both.theirs.consumer_info("CATALOG", "media")
    with pytest.raises(NotFoundError):
        await both.theirs.delete_consumer("CATALOG", "media")
    await both.client.publish(both.in_hand.reply, b"+ACK")  # the very subject that we would use
    await both.client.publish("$JS.ACK.CATALOG.media.1.2.2.0.0", b"+TERM")
    same_name = await both.consumer("media")
    assert len(await same_name.fetch(EVENTS, timeout=5)) == EVENTS
    await both.theirs.delete_consumer("CATALOG", "media")
    assert await both.state() == before
    assert both.refusals == []


@pytest.mark.parametrize("subject", [">", "*", "_INBOX.>", "internal.>", "ecatalog.>", "$SYS.>", "$JS.>", "public.>"])
async def test_they_cannot_listen_to(both: Both, subject: str) -> None:
    await both.client.subscribe(subject)
    await both.client.flush()
    await samples.until(lambda: bool(both.refusals))
    assert "permissions violation for subscription" in both.refusals[0].lower()


API = ("$JS.API", f"$JS.{DOMAIN}.API")
REFUSED = [
    *HARMFUL,
    *(f"{api}.STREAM.{verb}.CATALOG" for api in API for verb in ("CREATE", "UPDATE", "DELETE", "PURGE", "SNAPSHOT")),
    *(f"{api}.STREAM.MSG.{verb}.CATALOG" for api in API for verb in ("GET", "DELETE")),
    *(f"{api}.{rest}" for api in API for rest in ("INFO", "STREAM.LIST", "STREAM.NAMES", "CONSUMER.LIST.CATALOG")),
    *(f"{api}.DIRECT.GET.CATALOG{rest}" for api in API for rest in ("", ".ecatalog.catalog.project.changed")),
    *(f"{api}.STREAM.CREATE.{name}" for api in API for name in ("OWN", "KV_bucket", "OBJ_store")),
    *(f"{api}.CONSUMER.CREATE.CATALOG" for api in API),
    "$JS.FC.CATALOG.x", "$KV.bucket.key", "$O.store.C.chunk", "$SYS.REQ.SERVER.PING", "_INBOX.x", "_INBOX_ext.x",
    "public.deliver.CATALOG.x", "anything",
]  # fmt: skip


async def test_they_cannot_publish_anything_but_what_reading_needs(both: Both) -> None:
    before = await both.state()
    for subject in REFUSED:
        await both.client.publish(subject, b"")
    await both.client.flush()
    await samples.until(lambda: len(both.refusals) == len(REFUSED))
    assert all("permissions violation for publish" in refusal.lower() for refusal in both.refusals)
    assert await both.state() == before


async def test_consumer_that_pushes_reaches_nothing_of_ours(both: Both) -> None:
    before = await both.state()
    for number, subject in enumerate(HARMFUL):
        for headers_only in (False, True):
            name = f"ext_push_{number}_{headers_only}"
            pushing = ConsumerConfig(
                name=name, durable_name=name, deliver_subject=subject, headers_only=headers_only,
                ack_policy=AckPolicy.NONE,
            )  # fmt: skip
            await both.theirs.add_consumer("CATALOG", pushing)
    await arrived(both)
    after = await both.state()
    assert (after["streams"].pop("CATALOG"), before["streams"].pop("CATALOG")) == ((6, 6), (5, 5))
    assert (after.pop("copies"), before.pop("copies")) == ([6, 0, 0], [5, 0, 0])
    assert after == before


async def test_answer_that_is_sent_elsewhere_reaches_nothing_of_ours(both: Both) -> None:
    before = await both.state()
    await both.consumer("ext_elsewhere")
    pushing = {"stream_name": "CATALOG", "config": {"durable_name": "ext_x", "deliver_subject": HARMFUL[0]}}
    for subject in HARMFUL:
        await both.client.publish(f"$JS.{DOMAIN}.API.CONSUMER.MSG.NEXT.CATALOG.ext_elsewhere", b"1", reply=subject)
        await both.client.publish(f"$JS.{DOMAIN}.API.STREAM.INFO.CATALOG", b"", reply=subject)
        await both.client.publish(
            f"$JS.{DOMAIN}.API.CONSUMER.DURABLE.CREATE.CATALOG.ext_x", json.dumps(pushing).encode(), reply=subject
        )
    await both.client.flush()
    assert await both.state() == before


async def test_number_of_their_consumers_is_limited(both: Both) -> None:
    for number in range(64):
        await both.consumer(f"ext_{number}")
    with pytest.raises(BadRequestError, match="maximum consumers limit reached"):
        await both.consumer("ext_64")


async def test_number_of_their_connections_is_limited(both: Both) -> None:
    connections = [await both.connect() for _ in range(63)]
    one_more = Client()
    with pytest.raises(NatsError, match="maximum account active connections exceeded"):
        await both.connect(one_more)
    for connection in [*connections, one_more]:
        await connection.close()


async def test_copy_of_a_stream_that_began_again_begins_again(both: Both) -> None:
    await both.ours.delete_stream("CATALOG")
    await both.broker.ensure_streams("catalog")
    await both.tell(42)
    reader = await both.consumer("ext_again")
    [message] = await reader.fetch(1, timeout=5)
    assert json.loads(message.data) == {"number": 42}


async def test_copy_keeps_up_over_a_kill_of_the_server(both: Both) -> None:
    reader = await both.consumer("ext_kept")
    old = both.server.keeper.pid
    assert old is not None
    both.server.kill()
    await samples.until(lambda: both.server.keeper.state == "ready" and both.server.keeper.pid != old)
    await samples.until(lambda: both.broker.connected)
    await both.tell(EVENTS)
    both.client = await both.connect()
    both.theirs = both.client.jetstream(domain=DOMAIN, timeout=2)
    reader = await both.theirs.pull_subscribe_bind("ext_kept", "CATALOG")
    numbers: list[int] = []
    while len(numbers) <= EVENTS:
        numbers += [json.loads(message.data)["number"] for message in await reader.fetch(1, timeout=5)]
    assert numbers == list(range(EVENTS + 1))
