"""Checking points by the rules of single ones, without the cost of a model for each."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from ecatalog.body import REQUIRED
from ecatalog.fields import DateTime
from ecatalog.fields import Field as FieldType
from ecatalog.zone import local_zone
from pydantic_core import PydanticCustomError

from location.batches.reading import Unreadable
from location.points.columns import Values
from location.points.schemas import PointBody

Clean = Callable[[Any], Any]

EARLIEST, LATEST = 1, 9999
"""Years at whose ends a time of another zone may lie in none."""
NEEDED = ("agent_code", "latitude", "longitude")


class Refused(ValueError):
    """A point that is not stored; ``reasons`` are as for a single one."""

    def __init__(self, reasons: dict[str, list[str]]) -> None:
        super().__init__(str(reasons))
        self.reasons = reasons


def check(given: Any) -> Values:
    """The columns of a point that was sent; raises :class:`Refused`."""
    if not isinstance(given, Mapping):
        raise Refused({"non_field_errors": [_why_no_point(given)]})
    values: Values = {}
    reasons: dict[str, list[str]] = {}
    for name, value in given.items():
        clean = CLEAN.get(name)
        if clean is not None:
            try:
                values[name] = clean(value)
            except PydanticCustomError as error:
                reasons[name] = [error.message()]
    for name in NEEDED:
        if name not in given:
            reasons[name] = [REQUIRED]
    if reasons:
        raise Refused({name: reasons[name] for name in CLEAN if name in reasons})
    if "id" in values and values["id"] is None:
        del values["id"]
    return values


def _why_no_point(given: Any) -> str:
    if isinstance(given, Unreadable):
        return str(given)
    return f"Invalid data. Expected a dictionary, but got {type(given).__name__}."


def declared(name: str) -> FieldType:
    """The type of a field."""
    return next(item for item in PointBody.model_fields[name].metadata if isinstance(item, FieldType))


def _cleaner(name: str) -> Clean:
    field = declared(name)
    nullable = type(None) in getattr(PointBody.model_fields[name].annotation, "__args__", ())
    clean: Clean = field._nullable if nullable else field._required
    return _times(clean) if isinstance(field, DateTime) else clean


def _times(clean: Clean) -> Clean:
    """Most times are written in full, and those need no pattern."""

    def quick(value: Any) -> Any:
        if type(value) is str and len(value) >= 19 and value[4] == value[7] == "-" and value[13] == value[16] == ":":
            try:
                time = datetime.fromisoformat(value)
            except ValueError:
                return clean(value)
            if not EARLIEST < time.year < LATEST:
                return clean(value)  # it may be out of range in another zone
            return time if time.tzinfo else time.replace(tzinfo=local_zone())
        return clean(value)

    return quick


CLEAN = {name: _cleaner(name) for name in PointBody.model_fields}
