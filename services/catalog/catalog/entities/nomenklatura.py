"""Products: the declaration of their rows."""

from ecatalog.contracts.catalog import NOMENKLATURA_CHANGED, NomenklaturaRow
from ecatalog.entities.entity import Entity

from catalog.nomenklatura.filters import PRODUCTS
from catalog.nomenklatura.schemas import NomenklaturaBody

NOMENKLATURA = Entity(
    PRODUCTS,
    body=NomenklaturaBody,
    code="code_1c",
    scope="project_id",
    conflict="nomenklatura with this code 1c already exists.",
    event=NOMENKLATURA_CHANGED,
    event_row=NomenklaturaRow,
    own=frozenset({"enrichment_status", "last_enriched_at"}),
)
