"""What a track costs grows with its points, whatever shape it has: steps are counted, for time is not the machine's."""

import random
from collections.abc import Callable
from math import cos, hypot, pi, sin
from typing import Any

import pytest
from location.tracks import geometry, simplifying
from location.tracks.geometry import Fix, distance, find_stops, moving_seconds, without_jumps
from location.tracks.simplifying import simplify

METRE = 1 / 111_195.08
DICE = random.Random(1)  # noqa: S311 - no secret

Place = tuple[float, float]
Shape = Callable[[int, int], Place]


def _dice(_: int, __: int) -> Place:
    """Anywhere on a circle a little wider than a stop: each place has a few that are too far from it."""
    angle = DICE.random() * 2 * pi
    return 50.05 * cos(angle), 50.05 * sin(angle)


SHAPES: dict[str, Shape] = {
    "one place": lambda _, __: (0.0, 0.0),
    "a line": lambda n, count: (n * 20_000 / count, 0.0),
    "zigzag": lambda n, _: (n * 0.5, 40.0 * (n % 2)),
    "to and fro": lambda n, _: (200.0 * (n % 2), n * 0.01),
    "to and fro, ever less": lambda n, _: (10_000.0 - n if n % 2 else float(n), 0.0),
    "a spiral": lambda n, count: (n / count * 3000 * cos(n / 50), n / count * 3000 * sin(n / 50)),
    "a saw that grows": lambda n, _: (float(n), (n % 2) * n * 0.3),
    "stops and goes": lambda n, _: (n // 400 * 500.0, 0.0),
    "a crowd that moves": lambda n, count: (n * 150 / count, 0.0),
    "a circle": _dice,
}


def track(shape: Shape, count: int, seconds: float) -> list[Fix]:
    places = [shape(n, count) for n in range(count)]
    return [Fix(n, y * METRE, x * METRE, n * seconds / count) for n, (x, y) in enumerate(places)]


@pytest.fixture
def steps(monkeypatch: pytest.MonkeyPatch) -> Callable[[Callable[[], Any]], int]:
    """How many distances some work looks at."""
    count = 0

    def counted(real: Callable[..., float]) -> Callable[..., float]:
        def step(*arguments: Any) -> float:
            nonlocal count
            count += 1
            return real(*arguments)

        return step

    monkeypatch.setattr(geometry, "metres", counted(geometry.metres))
    monkeypatch.setattr(simplifying, "hypot", counted(hypot))

    def steps_of(work: Callable[[], Any]) -> int:
        nonlocal count
        count = 0
        work()
        return count

    return steps_of


@pytest.mark.parametrize("seconds", [30, 290, 3600, 86_000])
@pytest.mark.parametrize("shape", SHAPES)
def test_steps_grow_with_the_points(steps: Callable[[Callable[[], Any]], int], shape: str, seconds: float) -> None:
    fixes = track(SHAPES[shape], 4000, seconds)
    stops = find_stops(fixes)
    for work, most in [
        (lambda: without_jumps(fixes), 3), (lambda: distance(fixes), 1), (lambda: find_stops(fixes), 33),
        (lambda: moving_seconds(fixes, stops), 1), (lambda: simplify(fixes, 5), simplifying.AHEAD + 1),
        (lambda: simplify(fixes, 120), simplifying.AHEAD + 1),
    ]:  # fmt: skip
        assert steps(work) <= most * len(fixes)


def test_stops_that_are_passed_are_not_looked_at_again() -> None:
    class Watched(list[Any]):
        seen = 0

        def __iter__(self) -> Any:
            for item in super().__iter__():
                type(self).seen += 1
                yield item

    fixes = track(SHAPES["stops and goes"], 40_000, 86_000)
    stops = find_stops(fixes)
    assert len(stops) > 50
    moving_seconds(fixes, Watched(stops))
    assert Watched.seen <= len(stops)


def test_stay_of_many_fixes_is_told_to_its_end() -> None:
    stay = track(SHAPES["one place"], 4000, 400)
    gone = [Fix(4000 + n, 0.01, 0.01, 400.5 + n) for n in range(20)]
    (stop,) = find_stops(stay + gone)
    assert (stop.start, stop.end) == (0, stay[-1].time)
    assert (stop.lat, stop.lng) == (0, 0)
