"""Every published change of a current position is a server-sent event."""

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Mapping
from contextlib import aclosing, suppress
from decimal import Decimal

from ecatalog.core.errors import ApiError, FieldErrors
from ecatalog.core.outages import UNREACHABLE
from ecatalog.entities.filters import InvalidFilter
from ecatalog.security.permissions import Principal

from location.positions.filters import contains, parse_box
from location.positions.hub import Hub, Move

SILENCE_SECONDS = 15.0
LOOK_SECONDS = 0.5
"""A follower goes on for at most this long after it lost its right; the event of that takes hardly less."""

RESET = b"event: reset\ndata: {}\n\n"
RETRY = b"retry: 2000\n"

IsChosen = Callable[[Move], bool]
Allowed = Callable[[], Awaitable[Principal]]


def chosen_by(query: Mapping[str, str]) -> IsChosen:
    """Return a function that chooses the moves that a follower asked for."""
    agent, region = query.get("agent_code", "").strip(), query.get("region", "").strip()
    try:
        box = parse_box(query["bbox"]) if query.get("bbox", "").strip() else None
    except InvalidFilter as error:
        raise FieldErrors({"bbox": [str(error)]}) from None

    def is_chosen(move: Move) -> bool:
        data = move.data
        return (
            (not agent or data.agent_code == agent)
            and (not region or data.region == region)
            and (box is None or contains(box, Decimal(data.longitude), Decimal(data.latitude)))
        )

    return is_chosen


def visible(principal: Principal, move: Move) -> bool:
    """Return whether a user may see a move: an agent its own, which are those of its code; others all."""
    return principal.role != "agent" or move.data.agent_code == principal.agent_code


def parse_position(header: str | None) -> int | None:
    """Read the number in a ``Last-Event-ID``; None for none, or for what is none of ours."""
    return int(header) if header and header.isascii() and header.isdigit() and len(header) < 19 else None


async def follow(hub: Hub, last_id: int | None, is_chosen: IsChosen, allowed: Allowed) -> AsyncIterator[bytes]:
    """Yield the events after ``last_id``, or from now on, that the user may see.

    ``allowed`` returns the user, or raises and so ends the stream. It is called before any event is sent, because
    rights change while a stream is open. ``reset`` comes first where events after ``last_id`` are lost: the client
    reads the current positions again.
    """
    newest = hub.last or 0
    position = newest if last_id is None else last_id
    yield RETRY + _mark(position)
    if position > newest or (not hub.remembers(position) and await hub.first() > position + 1):
        position = newest
        yield RESET + _mark(position)
    silent_since = time.monotonic()
    with suppress(*UNREACHABLE, ApiError):
        while True:
            if not hub.remembers(position):
                async with aclosing(hub.replay(position)) as replayed:
                    async for moves in replayed:
                        position = moves[-1].sequence
                        yield _texts(moves, is_chosen, await allowed()) or _mark(position)
            principal = await allowed()
            moves = hub.after(position)
            if moves:
                position = moves[-1].sequence
            if text := _texts(moves, is_chosen, principal):
                yield text
                silent_since = time.monotonic()
            elif time.monotonic() - silent_since > SILENCE_SECONDS:
                yield _mark(position)
                silent_since = time.monotonic()
            if not hub.after(position):
                with suppress(TimeoutError):
                    async with asyncio.timeout(LOOK_SECONDS):
                        await hub.changed()


def _mark(position: int) -> bytes:
    """Return an empty event, from which clients only take the position."""
    return b"id: %d\n\n" % position


def _texts(moves: Iterable[Move], is_chosen: IsChosen, principal: Principal) -> bytes:
    return b"".join(move.text for move in moves if visible(principal, move) and is_chosen(move))
