"""The copies of public streams that other people read.

They lie in an account of their own (``deploy/nats.conf``), so that no consumer created there, whatever its
configuration, can touch what our services say to each other.
"""

from nats.aio.client import Client
from nats.js import JetStreamContext
from nats.js.api import ExternalStream, StorageType, StreamConfig, StreamSource
from nats.js.errors import NotFoundError, ServiceUnavailableError

from ecatalog.telemetry.logging import logger

log = logger(__name__)

COPIES = "public.api"
"""Our account calls the JetStream of the copies by this name, and theirs calls ours by the next."""
ORIGINS = "owner.api"
DELIVERY = "public.deliver"


async def ensure_copy(client: Client, origin: StreamConfig) -> None:
    """Make the copy of a public stream, or make it anew when the origin has begun again.

    A broker without the account for copies is left as it is: nobody else reads from it.
    """
    copies = client.jetstream(timeout=5, prefix=COPIES)
    try:
        await _ensure(copies, client.jetstream(timeout=5), origin)
    except ServiceUnavailableError:
        log.info("this broker has no account for other people's subscribers", stream=origin.name)


async def _ensure(copies: JetStreamContext, origins: JetStreamContext, origin: StreamConfig) -> None:
    name = str(origin.name)
    try:
        copied = (await copies.stream_info(name)).state.last_seq
    except NotFoundError:
        await copies.add_stream(_copy_of(origin))
        return
    if copied > (await origins.stream_info(name)).state.last_seq:
        log.warning("the copy of a stream is made anew, because the stream was", stream=name)
        await copies.delete_stream(name)
        await copies.add_stream(_copy_of(origin))
    else:
        await copies.update_stream(_copy_of(origin))


def _copy_of(origin: StreamConfig) -> StreamConfig:
    external = ExternalStream(api=ORIGINS, deliver=f"{DELIVERY}.{origin.name}")
    return StreamConfig(
        name=origin.name,
        mirror=StreamSource(name=str(origin.name), external=external),
        storage=StorageType.FILE,
        max_age=origin.max_age,
        max_bytes=origin.max_bytes,
    )
