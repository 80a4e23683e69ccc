from itertools import pairwise
from math import isclose

from hypothesis import given
from hypothesis import strategies as st
from location.tracks.geometry import Fix, distance, find_stops, metres, moving_seconds, without_jumps
from location.tracks.simplifying import simplify

DEGREE = 111_195.08


def way(*places: tuple[float, float], step: float = 60) -> list[Fix]:
    """Fixes at (metres east, metres north) of a place on the equator, one each ``step`` seconds."""
    return [Fix(n, north / DEGREE, east / DEGREE, n * step) for n, (east, north) in enumerate(places)]


def numbers(fixes: list[Fix]) -> list[int]:
    return [fix.number for fix in fixes]


def test_distance_between_two_cities_is_known() -> None:
    tashkent, samarkand = Fix(0, 41.311081, 69.240562, 0), Fix(1, 39.654167, 66.959722, 0)
    assert isclose(metres(tashkent, samarkand), 267_600, rel_tol=0.005)


def test_distance_follows_the_way() -> None:
    assert isclose(distance(way((0, 0), (1000, 0), (1000, 1000), (0, 1000))), 3000, rel_tol=1e-4)


def test_lonely_jump_is_taken_out() -> None:
    kept, jumps = without_jumps(way((0, 0), (500, 0), (90_000, 0), (1000, 0), (1500, 0)))
    assert (numbers(kept), numbers(jumps)) == ([0, 1, 3, 4], [2])


def test_wrong_beginning_is_taken_out() -> None:
    kept, jumps = without_jumps(way((900_000, 0), (0, 0), (500, 0), (1000, 0), (1500, 0)))
    assert (numbers(kept), numbers(jumps)) == ([1, 2, 3, 4], [0])


def test_place_that_is_confirmed_is_believed() -> None:
    places = [(n * 100.0, 0.0) for n in range(5)] + [(900_000 + n * 100.0, 0.0) for n in range(5)]
    kept, jumps = without_jumps(way(*places))
    assert (len(kept), jumps) == (10, [])


def test_jumps_to_different_places_confirm_nothing() -> None:
    kept, jumps = without_jumps(way((0, 0), (90_000, 0), (0, 300_000), (-600_000, 0), (500, 0)))
    assert (numbers(kept), numbers(jumps)) == ([0, 4], [1, 2, 3])


def test_fix_at_the_same_moment_nearby_is_no_jump() -> None:
    assert without_jumps(way((0, 0), (50, 0), step=0))[1] == []


def test_stay_of_five_minutes_is_a_stop_and_a_shorter_one_is_not() -> None:
    there = way((0, 0), (1000, 0), (1030, 20), (1000, 40), (1010, 0), (1000, 10), (1020, 0), (2000, 0), (3000, 0))
    (stop,) = find_stops(there)
    assert (stop.start, stop.end) == (60, 360)
    assert isclose(stop.lng * DEGREE, 1010, abs_tol=1)
    assert find_stops(way(*[(n, 0.0) for n in range(5)])) == []
    assert moving_seconds(there, [stop]) == 180


def test_slow_walk_is_no_stop() -> None:
    assert find_stops(way(*[(n * 60.0, 0.0) for n in range(30)])) == []


places = st.tuples(st.floats(-5000, 5000), st.floats(-5000, 5000))


@given(st.lists(places, min_size=1, max_size=40), st.floats(1, 500))
def test_simplified_line_passes_near_every_fix(points: list[tuple[float, float]], tolerance: float) -> None:
    fixes = way(*points)
    line = simplify(fixes, tolerance)
    assert (line[0], line[-1]) == (fixes[0], fixes[-1])
    for a, b in pairwise(line):
        for fix in fixes[a.number : b.number]:
            assert _off_line(fix, a, b) <= tolerance * 1.01 + 0.5


def _off_line(fix: Fix, a: Fix, b: Fix) -> float:
    """The least distance to the places along a line, by walking it."""
    return (
        min(
            metres(fix, Fix(0, a.lat + (b.lat - a.lat) * part / 400, a.lng + (b.lng - a.lng) * part / 400, 0))
            for part in range(401)
        )
        - metres(a, b) / 800
    )


def test_straight_line_needs_its_ends_only() -> None:
    assert numbers(simplify(way((0, 0), (500, 3), (1000, 0)), 5)) == [0, 2]
    assert numbers(simplify(way((0, 0), (500, 30), (1000, 0)), 5)) == [0, 1, 2]
