"""Storing a batch: all its good points in one transaction."""

from collections.abc import Mapping
from typing import Any

from ecatalog.core.errors import FieldErrors
from ecatalog.db.database import Database

from location.batches.alike import check_alike
from location.batches.reading import Unreadable
from location.batches.unstored import Unstored
from location.points.checking import PointRejected, check
from location.points.columns import Columns, Values
from location.points.inserting import UNSTORABLE, store
from location.points.ownership import Sender


async def store_batch(database: Database, given: list[Any], sender: Sender) -> dict[str, Any]:
    """What a :class:`BatchResult` says; raises when nothing was stored and the batch should be sent again."""
    errors: list[dict[str, Any]] = []
    places: list[int] | range = range(len(given))
    if (alike := check_alike(given, sender)) is not None:
        points, unstored = alike
    else:
        unstored = Unstored()
        points, places = _check_each(given, sender, errors, unstored)
    outcome = await store(database, points)
    for place in (places[number] for number in outcome.refused):
        errors.append(_refused(place, given[place], {"non_field_errors": [UNSTORABLE]}))
    errors.sort(key=lambda error: int(error["index"]))
    repeated = sorted(places[number] for number in outcome.repeated)
    return {
        "received": len(given), "stored": len(given) - len(repeated) - len(errors), "already_stored": len(repeated),
        "rejected": len(errors), "repeated": repeated, "errors": errors,
    } | unstored.answer()  # fmt: skip


def _check_each(
    given: list[Any], sender: Sender, errors: list[dict[str, Any]], unstored: Unstored
) -> tuple[Columns, list[int]]:
    """The good points and their places; what is wrong with the others goes to ``errors``."""
    good: list[Values] = []
    places: list[int] = []
    for place, point in enumerate(given):
        try:
            values, warnings = check(_point(point))
            sender.require(values["agent_code"])
        except PointRejected as refused:
            errors.append(_refused(place, point, refused.reasons))
        except FieldErrors as foreign:
            errors.append(_refused(place, point, foreign.body))
        else:
            unstored.add(place, warnings)
            good.append(values)
            places.append(place)
    return Columns.of(good), places


def _point(given: Any) -> Mapping[str, Any]:
    if isinstance(given, Mapping):
        return given
    why = f"Invalid data. Expected a dictionary, but got {type(given).__name__}."
    raise PointRejected({"non_field_errors": [str(given) if isinstance(given, Unreadable) else why]})


def _refused(place: int, point: Any, reasons: dict[str, list[str]]) -> dict[str, Any]:
    return {"index": place, "id": point.get("id") if isinstance(point, dict) else None, "errors": reasons}
