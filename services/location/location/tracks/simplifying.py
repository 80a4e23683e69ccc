"""Simplifies the line through the fixes of a day in one walk, whatever shape it has."""

from collections.abc import Sequence
from math import asin, atan2, cos, hypot, inf, radians, remainder, tau

from location.tracks.geometry import EARTH_METRES, Fix

AHEAD = 16
"""A place behind this many that no straight line reaches may still be reached by one."""

Place = tuple[float, float]
"""Metres to the east and the north."""


def simplify(fixes: Sequence[Fix], tolerance: float) -> list[Fix]:
    """Keep few of the fixes; none of the others is farther than ``tolerance`` metres off the line through them."""
    if len(fixes) < 3 or tolerance <= 0:
        return list(fixes)
    scale = radians(1) * EARTH_METRES
    narrow = cos(radians(fixes[0].lat))
    places = [(fix.lng * scale * narrow, fix.lat * scale) for fix in fixes]
    kept = [0]
    while kept[-1] < len(places) - 1:
        kept.append(_reach(places, kept[-1], tolerance))
    return [fixes[number] for number in kept]


def _reach(places: Sequence[Place], start: int, tolerance: float) -> int:
    """Return the last place to which a straight line from ``start`` passes all that lie between.

    Each place that is passed narrows the directions that the line may take. The line must end no nearer than any of
    them, or a place behind its end would be farther off than it looks from the start.
    """
    here = places[start]
    end = start + 1
    first, low, high, farthest = 0.0, -inf, inf, 0.0
    for number in range(start + 1, len(places)):
        east, north = places[number][0] - here[0], places[number][1] - here[1]
        off = hypot(east, north)
        if off > tolerance:
            bearing = atan2(north, east)
            first = first if farthest else bearing
            turn = remainder(bearing - first, tau)
            if off >= farthest and low <= turn <= high:
                end = number
            half = asin(tolerance / off)
            low, high, farthest = max(low, turn - half), min(high, turn + half), max(farthest, off)
        elif not farthest:
            end = number
        if low > high or number - end >= AHEAD:
            break
    return end
