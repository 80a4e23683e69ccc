"""Showing what is parked of an integration."""

from collections.abc import Mapping

from ecatalog.core.errors import NotFound
from ecatalog.db.database import Database
from ecatalog.entities.filters import Where
from ecatalog.listing.paging import Page, envelope

from integration.values import views
from integration.values.filters import PARKED


async def parked(database: Database, integration_id: int, query: Mapping[str, str], url: str) -> bytes:
    """Return the page that is asked for; raises :class:`NotFound` for an integration that is not there."""
    base = await database.fetch_row(views.BASE, {"id": integration_id})
    if base is None:
        raise NotFound
    where = Where()
    PARKED.apply(query, where)
    about = where.parameters | {"project_id": base[0], "base": base[1]}
    count = await database.fetch_value(views.parked_count(where.sql), about)
    page = Page.of({name: value for name, value in query.items() if name != "cursor"})
    span = {"limit": page.size, "offset": (skipped := page.skipped(count))}
    rows = await database.fetch_json(views.parked(where.sql), about | span)
    return envelope(page, count, skipped, url, rows or b"[]")
