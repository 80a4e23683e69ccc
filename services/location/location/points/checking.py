"""A few values decide whether a point is stored; of all others as much is stored as can be."""

from collections.abc import Callable, Collection, Mapping
from datetime import datetime
from types import NoneType
from typing import Any, get_args

from ecatalog.core.clock import local_zone
from ecatalog.fields.column import columns_of
from ecatalog.fields.types import DateTime, FieldType
from ecatalog.http.body import REQUIRED
from pydantic.fields import FieldInfo
from pydantic_core import PydanticCustomError

from location.points.columns import Values
from location.points.fields import Minor, Unusable
from location.points.models import PointBase

Clean = Callable[[Any], Any]
Warnings = dict[str, list[str]]
"""The ``warnings`` of an answer: for each value that is not stored the reasons."""

EARLIEST, LATEST = 1, 9999
"""A time in one of these years may be out of range in another zone."""
NEEDED = ("agent_code", "latitude", "longitude")


class PointRejected(ValueError):
    """The point is not stored; ``reasons`` names the values that decided so."""

    def __init__(self, reasons: dict[str, list[str]]) -> None:
        super().__init__(str(reasons))
        self.reasons = reasons


def check(given: Mapping[str, Any], needed: Collection[str] = NEEDED) -> tuple[Values, Warnings]:
    """Check a point; returns the columns that were sent and warnings. Raises :class:`PointRejected`."""
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


def _cleaner(field: FieldInfo, type_: FieldType) -> Clean:
    clean: Clean = type_._nullable if _is_nullable(field) else type_._required
    return _times(clean) if isinstance(type_.field if isinstance(type_, Minor) else type_, DateTime) else clean


def _is_nullable(field: FieldInfo) -> bool:
    return NoneType in get_args(field.annotation)


def _times(clean: Clean) -> Clean:
    """Read times that are written in full, which most are, without a pattern."""

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


_FIELDS = {field.alias or attribute: field for attribute, field in PointBase.model_fields.items()}
TYPES = dict(zip(_FIELDS, (spec.type for spec in columns_of(PointBase).values()), strict=True))
"""The field types by the names that clients use, as in all tables here."""

CLEAN = {name: _cleaner(field, TYPES[name]) for name, field in _FIELDS.items()}
EMPTY = {
    name: None if _is_nullable(field) else field.default for name, field in _FIELDS.items() if not field.is_required()
}
"""The value that takes the place of one that cannot be stored."""
