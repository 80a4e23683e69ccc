"""A day is summed up: its distance, stops and jumps, as JSON, GeoJSON or GPX."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from threading import Event
from typing import Any, TypeVar
from xml.sax.saxutils import escape, quoteattr

import orjson
from ecatalog.core.errors import FieldErrors
from ecatalog.entities.filters import InvalidFilter, parse_number

from location.tracks.geometry import Fix, Stop, distance, find_stops, moving_seconds, without_jumps
from location.tracks.simplifying import simplify
from location.tracks.working import GivenUp

T = TypeVar("T")

FORMS = ("json", "geojson", "gpx")
GPX = "http://www.topografix.com/GPX/1/1"


@dataclass(frozen=True)
class TrackOptions:
    """The form of an answer, one of ``FORMS``, and the ``tolerance`` in metres, 0 for every point."""

    form: str
    tolerance: float

    @classmethod
    def of(cls, query: Mapping[str, str], form: str) -> "TrackOptions | None":
        """Read the options; None when the day is asked for as it was recorded."""
        raw = query.get("simplify", "").strip()
        if form == "json" and not raw and query.get("summary") not in {"true", "True", "1"}:
            return None
        try:
            tolerance = parse_number(raw) if raw else 0
        except InvalidFilter as error:
            raise FieldErrors({"simplify": [str(error)]}) from None
        if not 0 <= tolerance <= 100_000:
            raise FieldErrors({"simplify": ["Enter metres from 0 to 100000."]})
        return cls(form, float(tolerance))


class Summary:
    """The summary of a day's recorded points, each a :class:`TrackPoint`.

    Raises :class:`GivenUp` between two steps when ``gone`` is set.
    """

    def __init__(self, recorded: bytes, tolerance: float, gone: Event) -> None:
        self._gone = gone
        self.day: dict[str, Any] = orjson.loads(recorded)
        points = self.day["points"]
        fixes = [
            Fix(number, point["lat"], point["lng"], datetime.fromisoformat(point["time"]).timestamp())
            for number, point in enumerate(points)
        ]
        kept, jumps = self._step(lambda: without_jumps(fixes))
        self.stops: list[Stop] = self._step(lambda: find_stops(kept))
        self.distance = round(self._step(lambda: distance(kept)), 1)
        self.moving = round(self._step(lambda: moving_seconds(kept, self.stops)), 1)
        self.points = [points[fix.number] for fix in self._step(lambda: simplify(kept, tolerance))]
        self.jumps = [points[fix.number] | {"jump": True} for fix in jumps]

    def _step(self, work: Callable[[], T]) -> T:
        if self._gone.is_set():
            raise GivenUp
        return work()

    def render(self, form: str) -> bytes:
        return self._step(lambda: self._rendered(form))

    def _rendered(self, form: str) -> bytes:
        if form == "gpx":
            return self._gpx().encode()
        return orjson.dumps(self._features() if form == "geojson" else self._json())

    def _numbers(self) -> dict[str, Any]:
        return {
            "distance": self.distance,
            "moving_time": self.moving,
            "stops": [
                {
                    "lat": round(stop.lat, 6), "lng": round(stop.lng, 6), "from": _time(stop.start),
                    "to": _time(stop.end), "duration": round(stop.end - stop.start, 1),
                }
                for stop in self.stops
            ],
        }  # fmt: skip

    def _json(self) -> dict[str, Any]:
        shown = {"points_count": len(self.points), "points": self.points}
        return self.day | shown | self._numbers() | {"jumps": self.jumps}

    def _features(self) -> dict[str, Any]:
        numbers = self._numbers()
        stops = numbers.pop("stops")
        head = {"kind": "track", "agent_code": self.day["agent_code"], "date": self.day["date"]}
        times = {"times": [point["time"] for point in self.points]}
        line = {"type": "LineString", "coordinates": [_place(point) for point in self.points]}
        features = [
            _feature(line if len(self.points) > 1 else None, head | numbers | times),
            *(_feature(_spot(stop), {"kind": "stop"} | stop) for stop in stops),
            *(_feature(_spot(jump), {"kind": "jump"} | jump) for jump in self.jumps),
        ]
        return {"type": "FeatureCollection", "features": features}

    def _gpx(self) -> str:
        name = escape(_printable(f"{self.day['agent_code']} {self.day['date']}"))
        points = "".join(
            f"<trkpt lat={quoteattr(str(point['lat']))} lon={quoteattr(str(point['lng']))}>"
            f"<time>{point['time'].replace('+00:00', 'Z')}</time></trkpt>"
            for point in self.points
        )
        stops = "".join(
            f'<wpt lat="{stop.lat:.6f}" lon="{stop.lng:.6f}"><time>{_time(stop.start).replace("+00:00", "Z")}</time>'
            f"<name>stop, {round((stop.end - stop.start) / 60)} min</name></wpt>"
            for stop in self.stops
        )
        return (
            f'<?xml version="1.0" encoding="UTF-8"?>\n<gpx version="1.1" creator="E-Catalog" xmlns="{GPX}">{stops}'
            f"<trk><name>{name}</name><desc>{self.distance} m</desc><trkseg>{points}</trkseg></trk></gpx>\n"
        )


def _feature(geometry: dict[str, Any] | None, properties: dict[str, Any]) -> dict[str, Any]:
    return {"type": "Feature", "geometry": geometry, "properties": properties}


def _place(point: dict[str, Any]) -> list[float]:
    return [point["lng"], point["lat"]]


def _spot(point: dict[str, Any]) -> dict[str, Any]:
    return {"type": "Point", "coordinates": _place(point)}


def _time(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="microseconds")


def _printable(text: str) -> str:
    """Leave out control characters, which XML does not have, not even escaped."""
    return "".join(letter for letter in text if letter.isprintable())
