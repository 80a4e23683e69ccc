"""The pictures of projects, clients and products."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from ecatalog.entities.filters import Where, exact, flag
from ecatalog.entities.rendering import Rendering
from ecatalog.entities.sources import public_source
from ecatalog.fields.column import columns_of
from ecatalog.security.permissions import Principal

from media.images.filters import Related, images
from media.images.models import CLIENT_IMAGE, NOMENKLATURA_IMAGE, PROJECT_IMAGE
from media.images.schemas import (
    ClientImageIn,
    ClientImageOut,
    ImageIn,
    NomenklaturaImageIn,
    NomenklaturaImageOut,
    ProjectImageIn,
    ProjectImageOut,
)
from media.owners.service import OwnerType


@dataclass(frozen=True)
class ImageOwner:
    """The pictures of one kind of owner: of projects, clients or products.

    It is no ``Entity``: pictures have no code, all three kinds share one table and their events, and they are written
    together with files. ``name`` is the kind and the field of a body that holds the owner's id or code; ``searched`` is
    an SQL expression.
    """

    name: OwnerType
    body: type[ImageIn]
    rendering: Rendering
    searched: str
    related: Sequence[Related] = ()

    @cached_property
    def columns(self) -> set[str]:
        """The columns that clients write."""
        return {*columns_of(self.body)}

    @property
    def topics(self) -> tuple[str, ...]:
        """Names all lists whose answers a change to a picture of this kind makes old."""
        return (self.rendering.topic, "thumbnail")

    def regions(self, user: Principal | None) -> tuple[str, ...] | None:
        """Return the regions whose clients the user may see pictures of; None where that does not matter."""
        return user.client_regions if user and self.name == "client" else None

    def visible(self, user: Principal | None) -> Where:
        """Return the condition of the pictures that a user sees."""
        where = Where()
        regions = self.regions(user)
        if regions is not None:
            where.add(f"t.business_region_code in ({', '.join(map(where.parameter, regions))})")
        return where

    def changeable(self, user: Principal) -> Where:
        """Return the condition of the pictures that a user may change: agents change their own."""
        where = self.visible(user)
        if user.role == "agent":
            where.add("t.uploaded_by = {value}", user.user_id)
        return where


PROJECT = ImageOwner(
    "project",
    ProjectImageIn,
    images(PROJECT_IMAGE, ProjectImageOut, {}),
    searched="concat_ws(' ', t.code_1c, t.owner_name, t.category, t.note)",
)
CLIENT = ImageOwner(
    "client",
    ClientImageIn,
    images(CLIENT_IMAGE, ClientImageOut, {"client": "t.owner_id"}, exact("client_code_1c")),
    searched="concat_ws(' ', t.client_code_1c, t.owner_name, t.category, t.note)",
    related=(
        Related("client", "client", "owner_id", code="client_code_1c"),
        Related("status", "image_status", "status_id"),
    ),
)
NOMENKLATURA = ImageOwner(
    "nomenklatura",
    NomenklaturaImageIn,
    replace(
        images(
            NOMENKLATURA_IMAGE,
            NomenklaturaImageOut,
            {"nomenklatura": "t.owner_id"},
            exact("code_1c"),
            exact("article_code"),
            flag("is_ai_generated"),
        ),
        anonymous={"source": public_source("t.source")},
    ),
    searched="concat_ws(' ', t.code_1c, t.article_code, t.owner_name, t.category, t.note)",
    related=(Related("nomenklatura", "nomenklatura", "owner_id"),),
)
