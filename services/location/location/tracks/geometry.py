"""Jumps, distance, moving time and stops are computed from a day's points, each in one linear walk."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import asin, cos, radians, sin, sqrt

EARTH_METRES = 6_371_008.8
FASTEST = 70.0
"""Metres a second (252 km/h): no vehicle of an agent is faster."""

STEP_METRES = 100.0
"""A fix may wander within this distance although its phone lies still."""

CONFIRMED_BY = 3
"""Three fixes in a row that agree with each other are no error, however far they are: a flight, or a late start."""

STOP_SECONDS = 300.0
STOP_METRES = 100.0
APART_SECONDS = 10.0
"""Fixes that follow faster add nothing to what is known of a stay."""

MOVING = 0.5
"""Metres a second; somebody who is faster moves."""


@dataclass(frozen=True, slots=True)
class Fix:
    """A fix in degrees and seconds since the epoch; ``number`` is its index in the day."""

    number: int
    lat: float
    lng: float
    time: float


@dataclass(frozen=True, slots=True)
class Stop:
    """A stay: the middle of its fixes, its start and its end."""

    lat: float
    lng: float
    start: float
    end: float


def metres(a: Fix, b: Fix) -> float:
    """Return the great-circle distance."""
    lat_a, lat_b = radians(a.lat), radians(b.lat)
    half = sin((lat_b - lat_a) / 2) ** 2 + cos(lat_a) * cos(lat_b) * sin(radians(b.lng - a.lng) / 2) ** 2
    return 2 * EARTH_METRES * asin(min(1.0, sqrt(half)))


def without_jumps(fixes: Sequence[Fix]) -> tuple[list[Fix], list[Fix]]:
    """Divide fixes into those that a vehicle can have reached and the others."""
    kept: list[Fix] = []
    jumps: list[Fix] = []
    waiting: list[Fix] = []
    for fix in fixes:
        if not kept or _can_follow(kept[-1], fix):
            jumps += waiting
            waiting = []
            kept.append(fix)
        elif waiting and not _can_follow(waiting[-1], fix):
            jumps += waiting
            waiting = [fix]
        else:
            waiting.append(fix)
            if len(waiting) == CONFIRMED_BY:
                if len(kept) < CONFIRMED_BY:  # the start of the day was wrong
                    jumps += kept
                    kept = []
                kept += waiting
                waiting = []
    return kept, sorted(jumps + waiting, key=lambda fix: fix.number)


def _can_follow(before: Fix, fix: Fix) -> bool:
    way = metres(before, fix)
    return way <= STEP_METRES or way <= FASTEST * (fix.time - before.time)


def distance(fixes: Sequence[Fix]) -> float:
    """Return the metres along the fixes."""
    return sum(metres(a, b) for a, b in pairwise(fixes))


def moving_seconds(fixes: Sequence[Fix], stops: Sequence[Stop]) -> float:
    """Return the seconds of moving outside of the stops, which are in their order."""
    moving = 0.0
    coming = iter(stops)
    stop = next(coming, None)
    for a, b in pairwise(fixes):
        while stop is not None and stop.end < b.time:
            stop = next(coming, None)
        stays = stop is not None and stop.start <= a.time
        if not stays and metres(a, b) > MOVING * (b.time - a.time):
            moving += b.time - a.time
    return moving


def find_stops(fixes: Sequence[Fix]) -> list[Stop]:
    """Find the stays of at least five minutes within 100 metres."""
    stops: list[Stop] = []
    apart = _apart(fixes)
    first = 0
    while first < len(apart):
        end = first + 1
        while end < len(apart) and metres(fixes[apart[first]], fixes[apart[end]]) <= STOP_METRES:
            end += 1
        if fixes[apart[end - 1]].time - fixes[apart[first]].time >= STOP_SECONDS:
            stops.append(_stop(fixes[apart[first] : apart[end] if end < len(apart) else None]))
            first = end
        else:
            first += 1
    return stops


def _apart(fixes: Sequence[Fix]) -> list[int]:
    """Choose the indexes of fixes that are ten seconds apart: five minutes have few of them, however many came."""
    apart: list[int] = []
    for index, fix in enumerate(fixes):
        if not apart or fix.time - fixes[apart[-1]].time >= APART_SECONDS:
            apart.append(index)
    return apart


def _stop(stay: Sequence[Fix]) -> Stop:
    """Make the stop of a stay, without those of its last fixes that have left it."""
    length = len(stay)
    while metres(stay[0], stay[length - 1]) > STOP_METRES:
        length -= 1
    lat, lng = (sum(values) / length for values in ((f.lat for f in stay[:length]), (f.lng for f in stay[:length])))
    return Stop(lat, lng, stay[0].time, stay[length - 1].time)
