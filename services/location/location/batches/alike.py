"""Points that all have the same fields, as those of one phone do, are checked field by field, each value once."""

from collections.abc import Sequence
from typing import Any

from ecatalog.core.errors import FieldErrors
from pydantic_core import PydanticCustomError

from location.batches.unstored import Unstored
from location.points.checking import CLEAN, EMPTY, NEEDED, TYPES
from location.points.columns import Columns
from location.points.fields import Coordinate, Unusable
from location.points.ownership import Sender

_PLAIN = {str, float, int, bool}
"""Equal values of one of these types are the same value, unless another type is among them."""

_COORDINATES = {name: type_ for name, type_ in TYPES.items() if isinstance(type_, Coordinate)}


def check_alike(given: Sequence[Any], sender: Sender) -> tuple[Columns, Unstored] | None:
    """Check a batch; returns its columns and the values that are not stored.

    Returns None when the points must be checked one by one: their fields differ, or one of them is wrong.
    """
    if set(map(type, given)) != {dict}:
        return None
    names = tuple(given[0])
    if set(map(tuple, given)) != {names} or not set(NEEDED) <= set(names):
        return None
    unstored = Unstored()
    columns = zip(names, zip(*map(dict.values, given), strict=True), strict=True)
    try:
        checked = {name: _column(name, values, unstored) for name, values in columns if name in CLEAN}
        for agent in set(checked["agent_code"]):
            sender.require(agent)
    except (PydanticCustomError, FieldErrors):
        return None
    return Columns(len(given), checked), unstored


def _column(name: str, values: tuple[Any, ...], unstored: Unstored) -> list[Any]:
    if name in _COORDINATES:  # hardly two are the same
        return _COORDINATES[name].clean_all(values)
    clean = CLEAN[name]
    kinds = set(map(type, values)) - {type(None)}
    if len(kinds) != 1 or not kinds <= _PLAIN:
        cleaned = list(map(clean, values))
        return _stored(name, cleaned, unstored) if Unusable in map(type, cleaned) else cleaned
    known = {value: clean(value) for value in set(values)}
    cleaned = list(map(known.__getitem__, values))
    return _stored(name, cleaned, unstored) if Unusable in map(type, known.values()) else cleaned


def _stored(name: str, cleaned: list[Any], unstored: Unstored) -> list[Any]:
    for place, value in enumerate(cleaned):
        if type(value) is Unusable:
            unstored.add(place, {name: [value.reason]})
    return [EMPTY[name] if type(value) is Unusable else value for value in cleaned]
