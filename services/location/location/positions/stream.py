"""Server-sent events: every published change of a current position."""

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from contextlib import aclosing, suppress
from decimal import Decimal

from ecatalog.auth import Principal
from ecatalog.errors import ApiError, FieldErrors
from ecatalog.events.broker import AWAY
from ecatalog.filtering import Refused
from starlette.datastructures import QueryParams

from location.positions.filters import contains, parse_box
from location.positions.hub import Hub, Move

SILENCE_SECONDS = 15.0
LOOK_SECONDS = 1.0
RESET = b"event: reset\ndata: {}\n\n"
RETRY = b"retry: 2000\n"

Wanted = Callable[[Move], bool]
Check = Callable[[], Awaitable[object]]


def wanted(query: QueryParams, principal: Principal) -> Wanted:
    """Which moves a follower asked for and may see."""
    own = principal.agent_code or "" if principal.role == "agent" else None
    agent, region = query.get("agent_code", "").strip(), query.get("region", "").strip()
    try:
        box = parse_box(query["bbox"]) if query.get("bbox", "").strip() else None
    except Refused as error:
        raise FieldErrors({"bbox": [str(error)]}) from None

    def wants(move: Move) -> bool:
        data = move.data
        return (
            (own is None or data.agent_code == own)
            and (not agent or data.agent_code == agent)
            and (not region or data.region == region)
            and (box is None or contains(box, Decimal(data.longitude), Decimal(data.latitude)))
        )

    return wants


def parse_position(header: str | None) -> int | None:
    """The number in a ``Last-Event-ID``; None for none, or for what is none of ours."""
    return int(header) if header and header.isascii() and header.isdigit() and len(header) < 19 else None


async def follow(hub: Hub, last_id: int | None, wants: Wanted, still_allowed: Check) -> AsyncIterator[bytes]:
    """The events after ``last_id``, or from now on, until ``still_allowed`` raises.

    ``reset`` comes first where events after ``last_id`` are lost: read the current positions again.
    """
    newest = hub.last or 0
    position = newest if last_id is None else last_id
    yield RETRY + _mark(position)
    if position > newest or (not hub.remembers(position) and await hub.first() > position + 1):
        position = newest
        yield RESET + _mark(position)
    silent_since = time.monotonic()
    with suppress(*AWAY, ApiError):
        while True:
            if not hub.remembers(position):
                async with aclosing(hub.replay(position)) as replayed:
                    async for moves in replayed:
                        position = moves[-1].sequence
                        yield _texts(moves, wants) or _mark(position)
            moves = hub.after(position)
            if moves:
                position = moves[-1].sequence
            if text := _texts(moves, wants):
                yield text
                silent_since = time.monotonic()
            elif time.monotonic() - silent_since > SILENCE_SECONDS:
                yield _mark(position)
                silent_since = time.monotonic()
            if not hub.after(position):
                with suppress(TimeoutError):
                    async with asyncio.timeout(LOOK_SECONDS):
                        await hub.changed()
            await still_allowed()


def _mark(position: int) -> bytes:
    """An empty event, which clients only take the position from."""
    return b"id: %d\n\n" % position


def _texts(moves: Iterable[Move], wants: Wanted) -> bytes:
    return b"".join(move.text for move in moves if wants(move))
