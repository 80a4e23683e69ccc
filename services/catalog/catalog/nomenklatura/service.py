"""Products as rows that clients read and write."""

from catalog.entities.nomenklatura import NOMENKLATURA
from catalog.store import Store

STORE = Store(
    NOMENKLATURA,
    detail=NOMENKLATURA.rendering,
)
