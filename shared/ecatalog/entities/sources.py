"""Decides what everybody may know of who took a picture, and what only those who have signed in."""

from collections.abc import Hashable
from typing import LiteralString

from ecatalog.db.sql import Ident, Sql, compose, join
from ecatalog.security.permissions import Principal

PRIVATE = ("uploader_contact", "upload_location", "upload_device", "notes")
_PRIVATE = join(", ", [compose("'{name}'", name=Ident(name)) for name in PRIVATE])


def public_source(column: LiteralString) -> Sql:
    """Return SQL of a source as anonymous clients see it: JSON with the same keys, the private ones null."""
    return compose(
        "case when {column} is not null then (select json_object_agg(k.key,"
        " case when k.key in ({private}) then 'null'::json else k.value end) from json_each({column}) k) end",
        column=compose(column), private=_PRIVATE,
    )  # fmt: skip


def has_signed_in(principal: Principal | None) -> Hashable:
    """Tells principals apart to whom public rows are shown in different detail."""
    return principal is not None
