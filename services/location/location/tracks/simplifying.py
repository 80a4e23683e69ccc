"""A simpler line through a day's fixes, found in one walk whatever shape it has."""

from collections.abc import Sequence
from math import asin, atan2, cos, hypot, inf, radians, remainder, tau

from location.tracks.geometry import EARTH_METRES, Fix

AHEAD = 16
"""So many places that no straight line leads to are looked at for one behind them that it does lead to."""

Place = tuple[float, float]
"""Metres east and north of some place."""


def simplify(fixes: Sequence[Fix], tolerance: float) -> list[Fix]:
    """Few of the fixes, none of the others farther than ``tolerance`` metres off the line through them."""
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
    """The last place to which a straight line from ``start`` passes all that lie between.

    Each place that is passed narrows the directions that the line may take. It must end no nearer than any of them,
    or what lies behind its end would be farther off than seen from the start.
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
