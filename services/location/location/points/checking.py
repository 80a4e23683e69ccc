"""Checking points: a few values decide whether there is a point, all others are stored as far as they can be."""

from collections.abc import Callable, Collection, Mapping
from datetime import datetime
from typing import Any

from ecatalog.core.clock import local_zone
from ecatalog.fields.types import DateTime, FieldType
from ecatalog.http.body import REQUIRED
from pydantic_core import PydanticCustomError

from location.points.columns import Values
from location.points.fields import Unusable
from location.points.schemas import PointBody

Clean = Callable[[Any], Any]
Warnings = dict[str, list[str]]
"""Why values were not stored, by their names: what an answer's ``warnings`` say."""

EARLIEST, LATEST = 1, 9999
"""Years at whose ends a time of another zone may lie in none."""
NEEDED = ("agent_code", "latitude", "longitude")


class PointRejected(ValueError):
    """A point that is not stored; ``reasons`` are those of the values that decide."""

    def __init__(self, reasons: dict[str, list[str]]) -> None:
        super().__init__(str(reasons))
        self.reasons = reasons


def check(given: Mapping[str, Any], needed: Collection[str] = NEEDED) -> tuple[Values, Warnings]:
    """The columns of a point that were sent, and what is not stored of them; raises :class:`PointRejected`."""
    values: Values = {}
    warnings: Warnings = {}
    reasons: dict[str, list[str]] = {}
    for name, value in given.items():
        clean = CLEAN.get(name)
        if clean is not None:
            try:
                values[name] = cleaned = clean(value)
            except PydanticCustomError as error:
                reasons[name] = [error.message()]
            else:
                if type(cleaned) is Unusable:
                    warnings[name] = [cleaned.reason]
                    values[name] = EMPTY[name]
    for name in needed:
        if name not in given:
            reasons[name] = [REQUIRED]
    if reasons:
        raise PointRejected(_in_order(reasons))
    if "id" in values and values["id"] is None:
        del values["id"]
    return values, _in_order(warnings) if warnings else warnings


def _in_order(messages: dict[str, list[str]]) -> dict[str, list[str]]:
    return {name: messages[name] for name in CLEAN if name in messages}


def declared(name: str) -> FieldType:
    """The type of a field."""
    return next(item for item in PointBody.model_fields[name].metadata if isinstance(item, FieldType))


def _is_nullable(name: str) -> bool:
    return type(None) in getattr(PointBody.model_fields[name].annotation, "__args__", ())


def _cleaner(name: str) -> Clean:
    field = declared(name)
    clean: Clean = field._nullable if _is_nullable(name) else field._required
    return _times(clean) if isinstance(getattr(field, "field", field), DateTime) else clean


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
EMPTY = {name: None if _is_nullable(name) else PointBody.model_fields[name].default for name in CLEAN}
"""What is stored instead of a value that cannot be."""
