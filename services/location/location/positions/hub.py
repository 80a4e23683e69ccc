"""The moves that were published lately are read once by each process for all its followers."""

import asyncio
from bisect import bisect_right
from collections.abc import AsyncGenerator, Sequence
from functools import cached_property

from ecatalog.contracts.location import AGENT_MOVED, AgentMoved
from ecatalog.events import pull_loop
from ecatalog.events.broker import Broker
from ecatalog.events.envelope import decode
from ecatalog.telemetry.logging import logger
from ecatalog.telemetry.waiting import Wait
from nats.aio.msg import Msg
from nats.js.api import AckPolicy, ConsumerConfig, DeliverPolicy

log = logger(__name__)

KEPT = 5000
PAUSE_SECONDS = 0.5
BATCH = 200


class Move:
    """Holds one published position. It is decoded for its first follower only: mostly there is none."""

    def __init__(self, message: Msg) -> None:
        self.sequence = message.metadata.sequence.stream
        self._encoded = message.data

    @cached_property
    def data(self) -> AgentMoved:
        data: AgentMoved = decode(self._encoded).data
        return data

    @cached_property
    def text(self) -> bytes:
        """Return the event that followers get."""
        return b"id: %d\nevent: move\ndata: %s\n\n" % (self.sequence, self.data.model_dump_json().encode())


class Hub:
    """Keeps the last moves of the stream; ``last`` is the sequence of the newest, None until the broker was reached.

    A follower only remembers its own position, so a slow one costs nothing.
    """

    def __init__(self, broker: Broker) -> None:
        self._broker = broker
        self._moves: list[Move] = []
        self._sequences: list[int] = []
        self._changed = asyncio.Event()
        self._start = 0
        self.last: int | None = None
        self._wait = Wait(log)

    async def run(self) -> None:
        """Work until cancelled."""
        await pull_loop.keep(self._follow, self._wait, "moves are not heard", PAUSE_SECONDS)

    async def _follow(self) -> None:
        if not self._broker.connected:
            await asyncio.sleep(0.2)
            return
        newest = (await self._broker.jetstream.stream_info(AGENT_MOVED.stream)).state.last_seq
        if self.last is None or newest < self.last:  # the broker lost its messages and counts anew
            self._moves, self._sequences = [], []
            self._start = self.last = newest
        subscription = await self._subscribe(self.last + 1)
        self._wait.over()
        while True:
            messages = await pull_loop.fetch(subscription, BATCH)
            if messages:
                self._add([Move(message) for message in messages])
            else:
                await subscription.consumer_info()  # raises when it vanished with the broker's store

    async def _subscribe(self, start: int) -> pull_loop.Subscription:
        config = ConsumerConfig(
            filter_subject=f"{AGENT_MOVED.subject}.>",
            ack_policy=AckPolicy.NONE,
            deliver_policy=DeliverPolicy.BY_START_SEQUENCE,
            opt_start_seq=start,
            inactive_threshold=30,
            mem_storage=True,
        )
        subscription, _ = await pull_loop.subscribe(self._broker, AGENT_MOVED.stream, config)
        return subscription

    def _add(self, moves: Sequence[Move]) -> None:
        self._moves += moves
        self._sequences += [move.sequence for move in moves]
        self.last = self._sequences[-1]
        if (surplus := len(self._moves) - KEPT) > 0:
            self._start = self._sequences[surplus - 1]
            del self._moves[:surplus], self._sequences[:surplus]
        self._changed.set()
        self._changed = asyncio.Event()

    def remembers(self, sequence: int) -> bool:
        """Return whether all moves after ``sequence`` are still here."""
        return sequence >= self._start

    def after(self, sequence: int) -> list[Move]:
        """Return the moves after ``sequence`` that are still here."""
        return self._moves[bisect_right(self._sequences, sequence) :]

    async def changed(self) -> None:
        """Wait for more moves."""
        await self._changed.wait()

    async def first(self) -> int:
        """Ask the broker for the sequence of its oldest move."""
        return (await self._broker.jetstream.stream_info(AGENT_MOVED.stream)).state.first_seq

    async def replay(self, sequence: int) -> AsyncGenerator[list[Move], None]:
        """Yield the moves after ``sequence`` from the broker, until the rest of them is here."""
        subscription = await self._subscribe(sequence + 1)
        try:
            while not self.remembers(sequence):
                moves = [Move(message) for message in await pull_loop.fetch(subscription, BATCH)]
                if not moves:
                    raise TimeoutError
                sequence = moves[-1].sequence
                yield moves
        finally:
            await subscription.unsubscribe()
