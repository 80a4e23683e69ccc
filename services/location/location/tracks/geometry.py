"""What a day's points say of the way: jumps, distance, moving time, stops, and a simpler line."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import asin, cos, hypot, radians, sin, sqrt

EARTH_METRES = 6_371_008.8
FASTEST = 70.0
"""Metres a second (252 km/h): faster goes no vehicle of an agent."""

STEP_METRES = 100.0
"""Within this a fix may wander although its phone lies still."""

CONFIRMED_BY = 3
"""So many fixes in a row that agree with each other are no error, however far they are: a flight, or a late start."""

STOP_SECONDS = 300.0
STOP_METRES = 100.0
MOVING = 0.5
"""Metres a second from which on someone moves."""


@dataclass(frozen=True, slots=True)
class Fix:
    """Degrees, and seconds since the epoch; ``number`` is its place in the day."""

    number: int
    lat: float
    lng: float
    time: float


@dataclass(frozen=True, slots=True)
class Stop:
    """Where somebody stayed: the middle of its fixes, and from when to when."""

    lat: float
    lng: float
    start: float
    end: float


def metres(a: Fix, b: Fix) -> float:
    """The great-circle distance."""
    lat_a, lat_b = radians(a.lat), radians(b.lat)
    half = sin((lat_b - lat_a) / 2) ** 2 + cos(lat_a) * cos(lat_b) * sin(radians(b.lng - a.lng) / 2) ** 2
    return 2 * EARTH_METRES * asin(min(1.0, sqrt(half)))


def without_jumps(fixes: Sequence[Fix]) -> tuple[list[Fix], list[Fix]]:
    """The fixes that a vehicle can have reached, and the others."""
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
                if len(kept) < CONFIRMED_BY:  # it was the beginning that was wrong
                    jumps += kept
                    kept = []
                kept += waiting
                waiting = []
    return kept, sorted(jumps + waiting, key=lambda fix: fix.number)


def _can_follow(before: Fix, fix: Fix) -> bool:
    way = metres(before, fix)
    return way <= STEP_METRES or way <= FASTEST * (fix.time - before.time)


def distance(fixes: Sequence[Fix]) -> float:
    """Metres along the fixes."""
    return sum(metres(a, b) for a, b in pairwise(fixes))


def moving_seconds(fixes: Sequence[Fix], stops: Sequence[Stop]) -> float:
    """Seconds on the way, outside of stops."""
    return sum(
        b.time - a.time
        for a, b in pairwise(fixes)
        if not any(stop.start <= a.time and b.time <= stop.end for stop in stops)
        and metres(a, b) > MOVING * (b.time - a.time)
    )


def find_stops(fixes: Sequence[Fix]) -> list[Stop]:
    """Where somebody stayed for at least five minutes within 100 metres."""
    stops: list[Stop] = []
    first = 0
    while first < len(fixes):
        end = first + 1
        while end < len(fixes) and metres(fixes[first], fixes[end]) <= STOP_METRES:
            end += 1
        stay = fixes[first:end]
        if stay[-1].time - stay[0].time >= STOP_SECONDS:
            lat, lng = (sum(values) / len(stay) for values in ((f.lat for f in stay), (f.lng for f in stay)))
            stops.append(Stop(lat, lng, stay[0].time, stay[-1].time))
            first = end
        else:
            first += 1
    return stops


def simplify(fixes: Sequence[Fix], tolerance: float) -> list[Fix]:
    """The fewest of the fixes by Douglas and Peucker, none of the others farther than ``tolerance`` metres off."""
    if len(fixes) < 3 or tolerance <= 0:
        return list(fixes)
    scale = radians(1) * EARTH_METRES
    narrow = cos(radians(fixes[0].lat))
    places = [(fix.lng * scale * narrow, fix.lat * scale) for fix in fixes]
    kept = {0, len(fixes) - 1}
    spans = [(0, len(fixes) - 1)]
    while spans:
        start, end = spans.pop()
        farthest, off = max(
            ((number, _off(places[number], places[start], places[end])) for number in range(start + 1, end)),
            key=lambda found: found[1],
            default=(start, 0.0),
        )
        if off > tolerance:
            kept.add(farthest)
            spans += [(start, farthest), (farthest, end)]
    return [fixes[number] for number in sorted(kept)]


def _off(place: tuple[float, float], start: tuple[float, float], end: tuple[float, float]) -> float:
    """The distance of a place from the line between two."""
    along_x, along_y = end[0] - start[0], end[1] - start[1]
    from_x, from_y = place[0] - start[0], place[1] - start[1]
    length = along_x * along_x + along_y * along_y
    part = 0.0 if not length else max(0.0, min(1.0, (from_x * along_x + from_y * along_y) / length))
    return hypot(from_x - part * along_x, from_y - part * along_y)
