"""Clients as rows that clients of the API read and write, and who sees which."""

from collections.abc import Hashable, Iterable, Sequence
from typing import Any

from ecatalog.core.errors import FieldErrors
from ecatalog.entities.filters import Where
from ecatalog.security.permissions import Principal

from catalog.entities.client import CLIENT, ClientIn
from catalog.store import Store

STORE = Store(
    CLIENT,
    detail=CLIENT.rendering,
)


REGION = "business_region_code"
NOT_YOURS = "You may only write clients of your own regions."


def visible(principal: Principal) -> Where:
    """The clients that a user sees: those of its regions, or all."""
    return of_regions(principal.client_regions)


def of_regions(codes: Iterable[str] | None) -> Where:
    """The clients of some regions; None means all."""
    where = Where()
    if codes is not None:
        regions = ", ".join(map(where.parameter, codes))
        where.add(f"t.business_region_code in ({regions})")
    return where


def sees(principal: Principal | None) -> Hashable:
    """What tells users apart that see different clients."""
    return None if principal is None else principal.client_regions


def keep_within(regions: Sequence[str] | None, values: dict[str, Any], *, is_new: bool) -> None:
    """Refuse values by which a client would be of a region that is none of the user's; None means all.

    A new client whose region is not told is of the user's, where that is only one.
    """
    if regions is None or not (is_new or REGION in values):
        return
    region = values.get(REGION)
    if is_new and not region and len(regions) == 1:
        values[REGION] = regions[0]
    elif region not in regions:
        raise FieldErrors({REGION: [NOT_YOURS]})


def kept(principal: Principal, body: ClientIn, *, is_new: bool) -> ClientIn:
    """What a user sent, within its regions."""
    sent = {name: getattr(body, name) for name in body.model_fields_set}
    keep_within(principal.client_regions, sent, is_new=is_new)
    return body.model_copy(update=sent)
