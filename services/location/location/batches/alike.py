"""Checking points that all have the same fields, as those of one phone do: field by field, each value once."""

from collections.abc import Sequence
from typing import Any

from ecatalog.core.errors import FieldErrors
from pydantic_core import PydanticCustomError

from location.batches.unstored import Unstored
from location.points.checking import CLEAN, EMPTY, NEEDED, declared
from location.points.columns import Columns
from location.points.fields import Coordinate, Unusable
from location.points.ownership import Sender

_PLAIN = {str, float, int, bool}
"""Types of which equal values are the same, as long as no others are among them."""

_COORDINATES = {name: field for name in CLEAN if isinstance(field := declared(name), Coordinate)}


def check_alike(given: Sequence[Any], sender: Sender) -> tuple[Columns, Unstored] | None:
    """The columns of a batch and what is not stored of them; None when its points must be looked at one by one, be it
    for their mistakes."""
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
    if name in _COORDINATES:  # of which hardly two are the same
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
