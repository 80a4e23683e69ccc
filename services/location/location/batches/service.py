"""Storing a batch: all its good points in one transaction."""

from typing import Any

from ecatalog.auth import Principal
from ecatalog.db import Database
from ecatalog.errors import FieldErrors

from location.batches.checking import Refused, check
from location.points.inserting import Values, store
from location.points.service import require_own


async def store_batch(database: Database, given: list[Any], principal: Principal) -> dict[str, Any]:
    """What a :class:`BatchResult` says; raises when nothing was stored and the batch should be sent again."""
    good: list[Values] = []
    places: list[int] = []
    errors: list[dict[str, Any]] = []
    for place, point in enumerate(given):
        try:
            values = check(point)
            require_own(principal, values["agent_code"])
        except Refused as refused:
            errors.append(_refused(place, point, refused.reasons))
        except FieldErrors as foreign:
            errors.append(_refused(place, point, foreign.body))
        else:
            good.append(values)
            places.append(place)
    repeated: list[int] = []
    for place, outcome in zip(places, await store(database, good), strict=True):
        if outcome.refused:
            errors.append(_refused(place, given[place], {"non_field_errors": [outcome.refused]}))
        elif not outcome.stored:
            repeated.append(place)
    errors.sort(key=lambda error: int(error["index"]))
    return {
        "received": len(given), "stored": len(given) - len(repeated) - len(errors), "already_stored": len(repeated),
        "rejected": len(errors), "repeated": repeated, "errors": errors,
    }  # fmt: skip


def _refused(place: int, point: Any, reasons: dict[str, list[str]]) -> dict[str, Any]:
    return {"index": place, "id": point.get("id") if isinstance(point, dict) else None, "errors": reasons}
