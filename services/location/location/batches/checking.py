"""The points of a batch are checked field by field where all have the same fields, as those of one phone do."""

from collections.abc import Mapping, Sequence
from typing import Any

from ecatalog.core.errors import FieldErrors
from pydantic_core import PydanticCustomError

from location.batches.reading import Unreadable
from location.points.checking import CLEAN, EMPTY, NEEDED, TYPES, PointRejected, Warnings, check
from location.points.columns import Columns, Values
from location.points.fields import Coordinate, Unusable
from location.points.ownership import Sender

_PLAIN = {str, float, int, bool}
"""Equal values of one of these types are the same value, unless another type is among them."""

_COORDINATES = {name: field_type for name, field_type in TYPES.items() if isinstance(field_type, Coordinate)}
_ORDER = {name: order for order, name in enumerate(CLEAN)}


class CheckedBatch:
    """The good ``points`` of a batch with their ``indexes`` in it, the ``errors`` of the others, and warnings."""

    def __init__(self, given: Sequence[Any], sender: Sender) -> None:
        self.errors: list[dict[str, Any]] = []
        self.indexes: Sequence[int] = range(len(given))
        self._given = given
        self._unstored: dict[tuple[str, str], list[int]] = {}
        self.points = self._check_alike(sender) or self._check_each(sender)

    def reject(self, index: int, reasons: dict[str, list[str]]) -> None:
        """Add the errors of a point."""
        point = self._given[index]
        self.errors.append(
            {"index": index, "id": point.get("id") if isinstance(point, dict) else None, "errors": reasons}
        )

    def warnings(self) -> dict[str, Any]:
        """Return ``warnings`` in the order of the fields, or nothing when there are none.

        Each reason is named once with all its points: a phone that does not know its heading sends a bad one each time.
        """
        if not self._unstored:
            return {}
        found = sorted(self._unstored.items(), key=lambda item: (_ORDER[item[0][0]], item[1]))
        return {"warnings": [{"field": field, "reason": reason, "indexes": at} for (field, reason), at in found]}

    def _check_alike(self, sender: Sender) -> Columns | None:
        """Check all points together; None when their fields differ, or one of them is wrong."""
        given = self._given
        if set(map(type, given)) != {dict}:
            return None
        names = tuple(given[0])
        if set(map(tuple, given)) != {names} or not set(NEEDED) <= set(names):
            return None
        columns = zip(names, zip(*map(dict.values, given), strict=True), strict=True)
        try:
            checked = {name: self._column(name, values) for name, values in columns if name in CLEAN}
            for agent in set(checked["agent_code"]):
                sender.require(agent)
        except (PydanticCustomError, FieldErrors):
            self._unstored.clear()
            return None
        return Columns(len(given), checked)

    def _column(self, name: str, values: tuple[Any, ...]) -> list[Any]:
        if name in _COORDINATES:  # hardly two are the same
            return _COORDINATES[name].clean_all(values)
        clean = CLEAN[name]
        kinds = set(map(type, values)) - {type(None)}
        if len(kinds) != 1 or not kinds <= _PLAIN:
            cleaned = list(map(clean, values))
            return self._stored(name, cleaned) if Unusable in map(type, cleaned) else cleaned
        known = {value: clean(value) for value in set(values)}
        cleaned = list(map(known.__getitem__, values))
        return self._stored(name, cleaned) if Unusable in map(type, known.values()) else cleaned

    def _stored(self, name: str, cleaned: list[Any]) -> list[Any]:
        for index, value in enumerate(cleaned):
            if type(value) is Unusable:
                self._warn(index, {name: [value.reason]})
        return [EMPTY[name] if type(value) is Unusable else value for value in cleaned]

    def _check_each(self, sender: Sender) -> Columns:
        """Check each point by itself."""
        good: dict[int, Values] = {}
        for index, point in enumerate(self._given):
            try:
                values, warnings = check(_readable(point))
                sender.require(values["agent_code"])
            except PointRejected as rejected:
                self.reject(index, rejected.reasons)
            except FieldErrors as foreign:
                self.reject(index, foreign.body)
            else:
                self._warn(index, warnings)
                good[index] = values
        self.indexes = list(good)
        return Columns.of(list(good.values()))

    def _warn(self, index: int, warnings: Warnings) -> None:
        for field, reasons in warnings.items():
            for reason in reasons:
                self._unstored.setdefault((field, reason), []).append(index)


def _readable(given: Any) -> Mapping[str, Any]:
    if isinstance(given, Mapping):
        return given
    why = f"Invalid data. Expected a dictionary, but got {type(given).__name__}."
    raise PointRejected({"non_field_errors": [str(given) if isinstance(given, Unreadable) else why]})
