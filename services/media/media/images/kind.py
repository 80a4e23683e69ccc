"""What tells the pictures of projects, clients and products apart."""

from collections.abc import Sequence
from dataclasses import dataclass

from ecatalog.entities.filters import Where
from ecatalog.entities.rendering import Rendering
from ecatalog.security.permissions import Principal

from media.images.filters import Related
from media.owners.service import OwnerType


@dataclass(frozen=True)
class ImageOwner:
    """``owner`` names the kind and the field of a body that holds its id or code; ``searched`` is an SQL expression."""

    owner: OwnerType
    resource: Rendering
    searched: str
    related: Sequence[Related] = ()

    @property
    def topics(self) -> tuple[str, ...]:
        """What a change to a picture of this kind makes old."""
        return (self.resource.topic, "thumbnail")

    def regions(self, principal: Principal | None) -> tuple[str, ...] | None:
        """The regions whose clients the user may see pictures of; None where that does not matter."""
        return principal.client_regions if principal and self.owner == "client" else None

    def visible(self, principal: Principal | None) -> Where:
        """The pictures that a user sees."""
        where = Where()
        regions = self.regions(principal)
        if regions is not None:
            where.add(f"t.business_region_code in ({', '.join(map(where.parameter, regions))})")
        return where

    def changeable(self, principal: Principal) -> Where:
        """The pictures that a user may change: agents their own."""
        where = self.visible(principal)
        if principal.role == "agent":
            where.add("t.uploaded_by = {value}", principal.user_id)
        return where
