"""The good points of a batch are stored in one transaction."""

from collections.abc import Mapping
from typing import Any

from ecatalog.core.errors import FieldErrors
from ecatalog.db.database import Database
from ecatalog.security.permissions import Principal

from location.batches.alike import check_alike
from location.batches.reading import Unreadable
from location.batches.unstored import Unstored
from location.points.checking import PointRejected, check
from location.points.columns import Columns, Values
from location.points.inserting import UNSTORABLE, store
from location.points.ownership import Owners, Sender


async def store_batch(database: Database, owners: Owners, principal: Principal, given: list[Any]) -> dict[str, Any]:
    """Store a batch and return a :class:`BatchResult`. Raises when nothing was stored and it should be sent again."""
    agents = (point.get("agent_code") for point in given if isinstance(point, dict))
    sender = await owners.sender(principal, agents)
    errors: list[dict[str, Any]] = []
    indexes: list[int] | range = range(len(given))
    if (alike := check_alike(given, sender)) is not None:
        points, unstored = alike
    else:
        unstored = Unstored()
        points, indexes = _check_each(given, sender, errors, unstored)
    outcome = await store(database, points)
    for index in (indexes[number] for number in outcome.refused):
        errors.append(_error(index, given[index], {"non_field_errors": [UNSTORABLE]}))
    errors.sort(key=lambda error: int(error["index"]))
    repeated = sorted(indexes[number] for number in outcome.repeated)
    return {
        "received": len(given), "stored": len(given) - len(repeated) - len(errors), "already_stored": len(repeated),
        "rejected": len(errors), "repeated": repeated, "errors": errors,
    } | unstored.answer()  # fmt: skip


def _check_each(
    given: list[Any], sender: Sender, errors: list[dict[str, Any]], unstored: Unstored
) -> tuple[Columns, list[int]]:
    """Return the good points and their indexes in the batch; add the others to ``errors``."""
    good: list[Values] = []
    indexes: list[int] = []
    for index, point in enumerate(given):
        try:
            values, warnings = check(_point(point))
            sender.require(values["agent_code"])
        except PointRejected as rejected:
            errors.append(_error(index, point, rejected.reasons))
        except FieldErrors as foreign:
            errors.append(_error(index, point, foreign.body))
        else:
            unstored.add(index, warnings)
            good.append(values)
            indexes.append(index)
    return Columns.of(good), indexes


def _point(given: Any) -> Mapping[str, Any]:
    if isinstance(given, Mapping):
        return given
    why = f"Invalid data. Expected a dictionary, but got {type(given).__name__}."
    raise PointRejected({"non_field_errors": [str(given) if isinstance(given, Unreadable) else why]})


def _error(index: int, point: Any, reasons: dict[str, list[str]]) -> dict[str, Any]:
    return {"index": index, "id": point.get("id") if isinstance(point, dict) else None, "errors": reasons}
