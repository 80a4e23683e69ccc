"""Says which clients of the distributor a user sees, and which it may write."""

from collections.abc import Hashable, Iterable, Sequence
from functools import partial
from typing import Any

from ecatalog.core.errors import FieldErrors
from ecatalog.entities.filters import Where
from ecatalog.security.permissions import Principal

from catalog.upsert.matching import Keep

REGION = "business_region_code"
NOT_YOURS = "You may only write clients of your own regions."


def visible(principal: Principal) -> Where:
    """Return the condition of the clients that a user sees: those of its regions, or all."""
    return of_regions(principal.client_regions)


def of_regions(codes: Iterable[str] | None) -> Where:
    """Return the condition of the clients of some regions; None means all."""
    where = Where()
    if codes is not None:
        regions = ", ".join(map(where.parameter, codes))
        where.add(f"t.business_region_code in ({regions})")
    return where


def sees(principal: Principal | None) -> Hashable:
    """Return the key by which users differ that see different clients."""
    return None if principal is None else principal.client_regions


def keep(principal: Principal) -> Keep:
    """Return the function that refuses the clients that a user may not write."""
    return partial(keep_within, principal.client_regions)


def keep_within(regions: Sequence[str] | None, values: dict[str, Any], *, is_new: bool) -> None:
    """Refuse values by which a client would be of a region that is none of the user's; None means all.

    A new client that is sent without a region gets the user's, if the user has only one.
    """
    if regions is None or not (is_new or REGION in values):
        return
    region = values.get(REGION)
    if is_new and not region and len(regions) == 1:
        values[REGION] = regions[0]
    elif region not in regions:
        raise FieldErrors({REGION: [NOT_YOURS]})
