"""The connection to NATS JetStream."""

import asyncio
from typing import Any

from nats.aio.client import Client
from nats.js import JetStreamContext
from nats.js.api import RetentionPolicy, StorageType, StreamConfig
from nats.js.errors import NotFoundError

from ecatalog.contracts import REGISTRY
from ecatalog.contracts.base import stream_name
from ecatalog.core.outages import UNREACHABLE
from ecatalog.events.mirrors import ensure_copy
from ecatalog.telemetry.logging import logger
from ecatalog.telemetry.waiting import Wait

log = logger(__name__)

KEEP_SECONDS = 7 * 24 * 3600
KEEP_BYTES = 4 * 1024**3

PUBLIC_STREAMS = frozenset(kind.stream for kind in REGISTRY.values() if kind.public)
"""These streams carry events for other people: ``CATALOG``, ``INTEGRATION`` and ``MEDIA``."""


class Broker:
    """Holds one connection that reconnects for ever."""

    def __init__(self, url: str, name: str) -> None:
        self._url = url
        self._name = name
        self._connecting = asyncio.Lock()
        self._made = False
        self._wait = Wait(log)
        self.client = Client()

    @property
    def connected(self) -> bool:
        return self.client.is_connected

    @property
    def reconnects(self) -> int:
        """Return how often the connection came back, perhaps to a broker that lost its store."""
        return self.client.stats["reconnects"]

    @property
    def jetstream(self) -> JetStreamContext:
        return self.client.jetstream(timeout=5)

    async def connect(self) -> None:
        """Connect; keep trying while the broker is unavailable.

        Whoever asks shares the one connection, also while it is coming back by itself.
        """
        async with self._connecting:
            while not self.client.is_connected:
                if self._comes_back:
                    await asyncio.sleep(0.1)
                else:
                    await self._connect()

    @property
    def _comes_back(self) -> bool:
        """Return whether the created client still looks for its server; its own state says many things then."""
        return self._made and not self.client.is_closed

    async def _connect(self) -> None:
        client = Client()
        try:
            await client.connect(
                self._url,
                name=self._name,
                connect_timeout=2,
                reconnect_time_wait=0.25,  # type: ignore[arg-type]  # seconds that are slept: fractions are fine
                max_reconnect_attempts=-1,
                ping_interval=10,
                error_cb=self._log_error,
            )
        except UNREACHABLE as error:
            self._wait.tell("the broker cannot be reached", error=str(error))
            await asyncio.sleep(0.5)
        except asyncio.CancelledError:
            await client.close()  # what it has opened so far
            raise
        else:
            self.client, self._made = client, True
            self._wait.over()

    async def ensure_streams(self, service: str) -> None:
        """Make the two streams of ``service`` and the copy for other people, or bring their settings up to date."""
        for public in (True, False):
            prefix = "" if public else "internal."
            config = StreamConfig(
                name=stream_name(service, public=public),
                subjects=[f"{prefix}ecatalog.{service}.>"],
                retention=RetentionPolicy.LIMITS,
                storage=StorageType.FILE,
                max_age=KEEP_SECONDS,
                max_bytes=KEEP_BYTES,
                duplicate_window=120,
                allow_direct=True,
            )
            await self.ensure_stream(config)
            if config.name in PUBLIC_STREAMS:
                await ensure_copy(self.client, config)

    async def ensure_stream(self, config: StreamConfig) -> None:
        try:
            await self.jetstream.stream_info(str(config.name))
        except NotFoundError:
            await self.jetstream.add_stream(config)
        else:
            await self.jetstream.update_stream(config)

    async def close(self) -> None:
        if self._comes_back:
            # A cancellation that comes while the client connects is lost with an error of that: then this ends it.
            self.client.options["max_reconnect_attempts"] = 1
            await self.client.close()

    async def _log_error(self, error: Exception) -> None:
        self._wait.tell("broker connection", error=str(error) or type(error).__name__)


def message_headers(event_id: Any) -> dict[str, str]:
    """``Nats-Msg-Id`` lets the broker drop a repeat within its window."""
    return {"Nats-Msg-Id": str(event_id)}
