"""The filters of a feed. ``t`` is the picture; its owner is ``p``, ``c`` or ``n``, its status ``s``."""

from collections.abc import Sequence

from ecatalog.entities.filters import Filter, FilterSet, Where, parse_number
from ecatalog.security.permissions import Principal

from media.owners.service import OWNERS, OwnerType

DEFAULT_LIMIT, MAX_LIMIT = 60, 200
MAIN = frozenset({"1", "true", "yes"})

FILTERS = FilterSet(
    Filter(
        "is_main", {True: "t.is_main", False: "not t.is_main"}.__getitem__, lambda raw: raw.lower() in MAIN,
        "`1`, `true` or `yes`; anything else means pictures that are not the main one.",
    ),
    Filter("status", "s.code = {value}", description="The code of a status."),
    Filter("code_1c", "coalesce(p.code_1c, n.code_1c, c.client_code_1c) = {value}", description="The owner's code."),
    Filter("client_code_1c", "c.client_code_1c = {value}", description="The client's code."),
    Filter("article_code", "n.article_code = {value}", description="The product's article code."),
    Filter("client_id", "c.id = {value}", parse_number, "The client's id.", {"type": "integer"}),
)  # fmt: skip

PARAMETERS = [
    *FILTERS.parameters,
    {
        "name": "limit",
        "in": "query",
        "required": False,
        "schema": {"type": "integer", "minimum": 1, "maximum": MAX_LIMIT, "default": DEFAULT_LIMIT},
        "description": "Rows; more are cut to the most.",
    },
]


def limit_of(raw: str) -> int:
    """Return the limit that the text names; anything but a positive number means the default."""
    number = int(raw) if raw.isascii() and raw.isdigit() and len(raw) < 10 else 0
    return min(number, MAX_LIMIT) if number > 0 else DEFAULT_LIMIT


def types_of(raw: str) -> list[OwnerType]:
    """Return the kinds that ``entity_type`` names, or all when it names none that exists."""
    named = {part.strip().lower() for part in raw.split(",")}
    return [kind for kind in OWNERS if kind in named] or list(OWNERS)


def visible(principal: Principal | None, types: Sequence[OwnerType]) -> Where:
    """Select the pictures of these kinds that a user sees: those of clients need a token."""
    where = Where()
    seen = [kind for kind in types if principal is not None or kind != "client"]
    where.add("t.owner_type = any({value})", seen)
    regions = principal.client_regions if principal else None
    if regions is not None:
        where.add("(t.owner_type <> 'client' or c.business_region_code = any({value}))", list(regions))
    return where
