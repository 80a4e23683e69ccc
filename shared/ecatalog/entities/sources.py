"""What everybody may know of who took a picture, and what only those who have signed in."""

from collections.abc import Hashable

from ecatalog.security.permissions import Principal

PRIVATE = ("uploader_contact", "upload_location", "upload_device", "notes")


def public_source(column: str) -> str:
    """SQL of a source as anonymous clients see it: a column of JSON with the same keys, the private ones null."""
    names = ", ".join(f"'{name}'" for name in PRIVATE)
    shown = f"json_object_agg(k.key, case when k.key in ({names}) then 'null'::json else k.value end)"
    return f"case when {column} is not null then (select {shown} from json_each({column}) k) end"  # noqa: S608 - built from constants and a declared name


def has_signed_in(principal: Principal | None) -> Hashable:
    """Tells principals apart to whom public rows are shown in different detail."""
    return principal is not None
