"""The product routes: anyone reads, editors write."""

from catalog.entities.nomenklatura import NOMENKLATURA
from catalog.entities.routes import Texts, entity_router

router = entity_router(NOMENKLATURA, Texts("nomenklatura", "product"))
