"""Events of catalog: facts for everyone, and the result of a chunk (internal).

A ``changed`` event may carry many rows of one kind. A row shows its current state without what is empty; long
text is left out, its length is given. Clients come without the ways to reach them.
"""

from uuid import UUID

from pydantic import Field

from ecatalog.contracts.base import EventData, event_type


class ProjectRow(EventData):
    """A project: a brand or a line of goods that 1C keeps apart."""

    id: int = Field(description="The project's id.")
    code_1c: str = Field(description="Its code in 1C; unique.")
    name: str = Field(description="Its name.")
    title: str | None = Field(default=None, description="A longer name for people.")
    description_length: int = Field(
        default=0, description="How many characters the description has; its text is read over the API."
    )
    is_active: bool = Field(description="False for a project that is not offered at present.")
    is_deleted: bool = Field(
        description="True when the project is gone: it was deleted, or 1C marked it. It may come back."
    )
    created_at: str = Field(description="When the project was created. ISO 8601 with offset and microseconds.")
    updated_at: str = Field(description="When the project last changed. ISO 8601 with offset and microseconds.")


class ClientRow(EventData):
    """A client's place in the catalog; no e-mail, phone, address or person."""

    id: int = Field(description="The client's id.")
    project_id: int | None = Field(default=None, description="The id of its project.")
    client_code_1c: str = Field(description="Its code in 1C; unique within the project.")
    name: str = Field(description="Its name.")
    business_region_code: str | None = Field(default=None, description="The code of its sales region.")
    business_region_name: str | None = Field(default=None, description="The name of its sales region.")
    is_active: bool = Field(description="False for a client that is not offered at present.")
    is_deleted: bool = Field(
        description="True when the client is gone: it was deleted, or 1C marked it. It may come back."
    )
    created_at: str = Field(description="When the client was created. ISO 8601 with offset and microseconds.")
    updated_at: str = Field(description="When the client last changed. ISO 8601 with offset and microseconds.")


class NomenklaturaRow(EventData):
    """A product. Decimals come as text, so that no reader rounds them."""

    id: int = Field(description="The product's id.")
    project_id: int | None = Field(default=None, description="The id of its project.")
    code_1c: str = Field(description="Its code in 1C; unique within the project.")
    name: str = Field(description="Its name.")
    article_code: str | None = Field(default=None, description="Its article number.")
    title: str | None = Field(default=None, description="A longer name for people.")
    sku: str | None = Field(default=None, description="The stock keeping unit.")
    barcode: str | None = Field(default=None, description="Its barcode.")
    brand: str | None = Field(default=None, description="Its brand.")
    manufacturer: str | None = Field(default=None, description="Who makes it.")
    model: str | None = Field(default=None, description="Its model.")
    series: str | None = Field(default=None, description="Its series.")
    vendor_code: str | None = Field(default=None, description="The supplier's code of it.")
    base_price: str | None = Field(default=None, description="The list price. A decimal as text, with two places.")
    sale_price: str | None = Field(
        default=None, description="The price when on sale. A decimal as text, with two places."
    )
    currency: str | None = Field(default=None, description="The currency of the prices, such as `UZS`.")
    discount_percent: str | None = Field(
        default=None, description="The discount in per cent. A decimal as text, with two places."
    )
    tax_rate: str | None = Field(default=None, description="The tax in per cent. A decimal as text, with two places.")
    stock_quantity: str | None = Field(
        default=None, description="How much is in stock. A decimal as text, with two places."
    )
    unit_of_measure: str | None = Field(default=None, description="The unit of the stock, such as `pcs`.")
    weight: str | None = Field(default=None, description="Its weight. A decimal as text, with three places.")
    volume: str | None = Field(default=None, description="Its volume. A decimal as text, with three places.")
    category: str | None = Field(default=None, description="Its category.")
    subcategory: str | None = Field(default=None, description="Its subcategory.")
    roditel: str | None = Field(default=None, description="The group of 1C that it lies in.")
    supplier: str | None = Field(default=None, description="Who delivers it.")
    country_code: str | None = Field(default=None, description="The code of the country it comes from.")
    country: str | None = Field(default=None, description="The country it comes from.")
    description_length: int = Field(
        default=0, description="How many characters the description has; its text is read over the API."
    )
    is_active: bool = Field(description="False for a product that is not offered at present.")
    is_deleted: bool = Field(
        description="True when the product is gone: it was deleted, or 1C marked it. It may come back."
    )
    created_at: str = Field(description="When the product was created. ISO 8601 with offset and microseconds.")
    updated_at: str = Field(description="When the product last changed. ISO 8601 with offset and microseconds.")


class ProjectChanged(EventData):
    """Projects appeared, changed or went; each row is as it is now."""

    rows: list[ProjectRow] = Field(description="The projects, each at most once.")


class ClientChanged(EventData):
    """Clients appeared, changed or went; each row is as it is now."""

    rows: list[ClientRow] = Field(description="The clients, each at most once.")


class NomenklaturaChanged(EventData):
    """Products appeared, changed or went; each row is as it is now."""

    rows: list[NomenklaturaRow] = Field(description="The products, each at most once.")


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


class KeyedFailure(EventData):
    """A row of a keyed chunk that was not written, and why."""

    key: str | None
    code: str | None
    error: str


class KeyedChunkApplied(EventData):
    """What became of one keyed chunk: every row of it is counted exactly once.

    ``created + updated + len(parked) + len(skipped) + len(failed)`` is the number of rows; ``unchanged`` says how many
    of the updated needed no write. ``parked`` are the keys of columns whose rows are not known, ``skipped`` those of
    unknown rows without a name that are marked as deleted. ``linked`` rows were known by code and had no key of this
    base, ``relinked`` ones had one that is gone. ``renamed`` rows have a new code; ``kept`` ones keep their stand-in
    although a code came. ``undeliverable``: the chunk is a dead letter, and nobody knows what is stored.
    """

    task_id: UUID
    chunk: int
    created: int
    updated: int
    unchanged: int
    parked: list[str]
    skipped: list[str]
    failed: list[KeyedFailure]
    linked: int
    relinked: int
    renamed: int
    kept: int
    undeliverable: bool = False


PROJECT_CHANGED = event_type("catalog", "project.changed", ProjectChanged, public=True)
CLIENT_CHANGED = event_type("catalog", "client.changed", ClientChanged, public=True)
NOMENKLATURA_CHANGED = event_type("catalog", "nomenklatura.changed", NomenklaturaChanged, public=True)
CHUNK_APPLIED = event_type("catalog", "chunk.applied", ChunkApplied, public=False)
KEYED_CHUNK_APPLIED = event_type(
    "catalog", "chunk.applied", KeyedChunkApplied, public=False, version=2, travels_as="chunk.keyed"
)
