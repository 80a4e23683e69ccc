"""Events of catalog: facts for everyone, and the result of a chunk (internal).

A ``changed`` event may carry many rows of one kind. A row shows its current state without what is empty; long
text is left out, its length is given. Clients come without the ways to reach them.
"""

from uuid import UUID

from ecatalog.contracts.base import EventData, event_type


class ProjectRow(EventData):
    id: int
    code_1c: str
    name: str
    title: str | None = None
    description_length: int = 0
    is_active: bool
    is_deleted: bool
    created_at: str
    updated_at: str


class ClientRow(EventData):
    """A client's place in the catalog; no e-mail, phone, address or person."""

    id: int
    project_id: int | None = None
    client_code_1c: str
    name: str
    business_region_code: str | None = None
    business_region_name: str | None = None
    is_active: bool
    is_deleted: bool
    created_at: str
    updated_at: str


class NomenklaturaRow(EventData):
    id: int
    project_id: int | None = None
    code_1c: str
    name: str
    article_code: str | None = None
    title: str | None = None
    sku: str | None = None
    barcode: str | None = None
    brand: str | None = None
    manufacturer: str | None = None
    model: str | None = None
    series: str | None = None
    vendor_code: str | None = None
    base_price: str | None = None
    sale_price: str | None = None
    currency: str | None = None
    discount_percent: str | None = None
    tax_rate: str | None = None
    stock_quantity: str | None = None
    unit_of_measure: str | None = None
    weight: str | None = None
    volume: str | None = None
    category: str | None = None
    subcategory: str | None = None
    roditel: str | None = None
    supplier: str | None = None
    country_code: str | None = None
    country: str | None = None
    description_length: int = 0
    is_active: bool
    is_deleted: bool
    created_at: str
    updated_at: str


class ProjectChanged(EventData):
    rows: list[ProjectRow]


class ClientChanged(EventData):
    rows: list[ClientRow]


class NomenklaturaChanged(EventData):
    rows: list[NomenklaturaRow]


class ChunkFailure(EventData):
    """A row of a chunk that was not written, and why."""

    code: str | None
    error: str


class ChunkApplied(EventData):
    """What became of one chunk: every row of it is counted exactly once.

    ``created + updated + len(failed)`` is the number of rows; ``unchanged`` says how many of the updated needed
    no write.
    """

    task_id: UUID
    chunk: int
    created: int
    updated: int
    unchanged: int
    failed: list[ChunkFailure]


PROJECT_CHANGED = event_type("catalog", "project.changed", ProjectChanged, public=True)
CLIENT_CHANGED = event_type("catalog", "client.changed", ClientChanged, public=True)
NOMENKLATURA_CHANGED = event_type("catalog", "nomenklatura.changed", NomenklaturaChanged, public=True)
CHUNK_APPLIED = event_type("catalog", "chunk.applied", ChunkApplied, public=False)
