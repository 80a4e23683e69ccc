"""The client routes: signed-in users read the clients of their regions, editors write."""

from ecatalog.security.permissions import SIGNED_IN

from catalog.client.service import keep, visible
from catalog.entities.client import CLIENT
from catalog.entities.routes import Access, Texts, entity_router

ACCESS = Access(SIGNED_IN, visible, keep)

router = entity_router(CLIENT, Texts("clients", "client"), ACCESS)
