"""What current positions may be narrowed by."""

from decimal import Decimal, InvalidOperation

from ecatalog.entities.filters import Filter, FilterSet, InvalidFilter, exact

Box = tuple[Decimal, Decimal, Decimal, Decimal]
"""West, south, east, north in degrees."""

BOX_EXPECTED = "Enter four numbers: west, south, east, north."


def parse_box(raw: str) -> Box:
    try:
        west, south, east, north = map(Decimal, raw.split(","))
    except (ValueError, InvalidOperation):
        raise InvalidFilter(BOX_EXPECTED) from None
    box = (west, south, east, north)
    if not all(number.is_finite() and abs(number) <= 360 for number in box):
        raise InvalidFilter(BOX_EXPECTED)
    return box


def contains(box: Box, longitude: Decimal, latitude: Decimal) -> bool:
    """Whether a place lies in a box; one whose west is east of its east reaches over the date line."""
    west, south, east, north = box
    across = west <= longitude <= east if west <= east else longitude >= west or longitude <= east
    return across and south <= latitude <= north


def _box_sql(box: Box) -> str:
    west, south, east, north = (f"'{number}'::numeric" for number in box)
    joined = "and" if box[0] <= box[2] else "or"
    return f"(t.longitude >= {west} {joined} t.longitude <= {east}) and t.latitude between {south} and {north}"


POSITIONS = FilterSet(
    exact("agent_code"),
    exact("region"),
    Filter("bbox", _box_sql, parse_box, description="West, south, east, north in degrees, with commas between."),
)
