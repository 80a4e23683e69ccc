"""The good points of a batch are stored in one transaction."""

from typing import Any

from ecatalog.db.database import Database
from ecatalog.security.permissions import Principal

from location.batches.checking import CheckedBatch
from location.points.inserting import UNSTORABLE, store
from location.points.ownership import Owners


async def store_batch(database: Database, owners: Owners, principal: Principal, given: list[Any]) -> dict[str, Any]:
    """Store a batch and return a :class:`BatchResult`. Raises when nothing was stored and it should be sent again."""
    agents = (point.get("agent_code") for point in given if isinstance(point, dict))
    batch = CheckedBatch(given, await owners.sender(principal, agents))
    outcome = await store(database, batch.points)
    for number in outcome.refused:
        batch.reject(batch.indexes[number], {"non_field_errors": [UNSTORABLE]})
    errors = sorted(batch.errors, key=lambda error: int(error["index"]))
    repeated = sorted(batch.indexes[number] for number in outcome.repeated)
    return {
        "received": len(given), "stored": len(given) - len(repeated) - len(errors), "already_stored": len(repeated),
        "rejected": len(errors), "repeated": repeated, "errors": errors,
    } | batch.warnings()  # fmt: skip
