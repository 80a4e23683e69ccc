"""Clients as rows that clients of the API read and write, and who sees which."""

from collections.abc import Hashable, Iterable

from ecatalog.auth import Principal
from ecatalog.filtering import Where

from catalog.client.filters import CLIENTS
from catalog.client.schemas import ClientBody
from catalog.publishing import CLIENT
from catalog.rows import Kind
from catalog.store import Store

STORE = Store(
    Kind(
        resource=CLIENTS,
        published=CLIENT,
        body=ClientBody,
        code="client_code_1c",
        taken="client with this client code 1c already exists.",
    ),
    detail=CLIENTS,
)


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
