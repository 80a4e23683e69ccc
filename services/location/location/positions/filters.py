"""The filters of current positions."""

from decimal import Decimal, InvalidOperation

from ecatalog.db.sql import Sql, compose
from ecatalog.entities.filters import Filter, FilterSet, InvalidFilter, exact

Box = list[Decimal]
"""West, south, east, north in degrees."""

PLACES = 20
"""More than any stored position has."""

BOX_EXPECTED = "Enter four numbers: west, south, east, north."

_BOX = (
    "(t.longitude >= ({{value}}::numeric[])[1] {joined} t.longitude <= ({{value}}::numeric[])[3])"
    " and t.latitude between ({{value}}::numeric[])[2] and ({{value}}::numeric[])[4]"
)
_WITHIN, _ACROSS_THE_DATE_LINE = compose(_BOX, joined=compose("and")), compose(_BOX, joined=compose("or"))


def parse_box(raw: str) -> Box:
    """Read four numbers; raises :class:`InvalidFilter`."""
    try:
        box = list(map(Decimal, raw.split(",")))
    except InvalidOperation:
        raise InvalidFilter(BOX_EXPECTED) from None
    if len(box) != 4 or not all(number.is_finite() and abs(number) <= 360 for number in box):
        raise InvalidFilter(BOX_EXPECTED)
    # PostgreSQL refuses exponents that Python takes, as in 1e-99999.
    return [round(number, PLACES) for number in box]


def contains(box: Box, longitude: Decimal, latitude: Decimal) -> bool:
    """Return whether a place lies in a box; one whose west is east of its east reaches over the date line."""
    west, south, east, north = box
    across = west <= longitude <= east if west <= east else longitude >= west or longitude <= east
    return across and south <= latitude <= north


def _box_sql(box: Box) -> Sql:
    return _WITHIN if box[0] <= box[2] else _ACROSS_THE_DATE_LINE


POSITIONS = FilterSet(
    exact("agent_code"),
    exact("region"),
    Filter("bbox", _box_sql, parse_box, description="West, south, east, north in degrees, with commas between."),
)
