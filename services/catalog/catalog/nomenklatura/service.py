"""Products as rows that clients read and write."""

from catalog.nomenklatura.filters import PRODUCTS
from catalog.nomenklatura.schemas import NomenklaturaBody
from catalog.publishing import NOMENKLATURA
from catalog.rows import Kind
from catalog.store import Store

STORE = Store(
    Kind(
        resource=PRODUCTS,
        published=NOMENKLATURA,
        body=NomenklaturaBody,
        code="code_1c",
        taken="nomenklatura with this code 1c already exists.",
    ),
    detail=PRODUCTS,
)
