"""Declares the filters that the lists of all entities have."""

from typing import LiteralString

from ecatalog.entities.filters import Filter, flag, one_of, whole_days

from catalog import nested


def common_filters(owner: str, images: LiteralString = "true") -> tuple[Filter, ...]:
    """Return the filters of every entity; ``images`` is the condition of those pictures of ``owner`` that count."""
    return (
        one_of("description_status", nested.DESCRIPTION_STATUS),
        one_of("image_status", nested.has_images(owner, images)),
        *whole_days("created", "created_at"),
        *whole_days("updated", "updated_at"),
        flag("is_active"),
    )
