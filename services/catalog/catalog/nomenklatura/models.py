"""The table of products, and what their search reads."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import BigInteger, Column, DateTime, ForeignKey, Identity, Index, Text, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field

from catalog.tables import Base

LIVE = text("not is_deleted")
DESCRIBED = text("num_nonnulls(nullif(description, ''))")


def filled(column: str) -> Any:
    """Live rows that have a value: most columns of most rows are empty, and an index of those costs every insert."""
    return text(f"not is_deleted and {column} is not null")


class Nomenklatura(Base, table=True):
    """A product. Its code is unique within a project, and among those without one.

    Every index is paid for by each row that 1C sends. The filters of the list and the orderings by creation, change,
    code, name and base price have one; any other ordering sorts what the filters leave.
    """

    __tablename__ = "nomenklatura"
    __table_args__ = (
        Index("nomenklatura_code", "code_1c", "project_id", unique=True, postgresql_nulls_not_distinct=True),
        Index("nomenklatura_created", "created_at", "id", postgresql_where=LIVE),
        Index("nomenklatura_updated", "updated_at", "id", postgresql_where=LIVE),
        Index("nomenklatura_name", "name", "id", postgresql_where=LIVE),
        Index("nomenklatura_base_price", "base_price", "id", postgresql_where=LIVE),
        Index("nomenklatura_project", "project_id", "created_at", "id", postgresql_where=LIVE),
        Index("nomenklatura_active", "is_active", "created_at", "id", postgresql_where=LIVE),
        Index("nomenklatura_described", DESCRIBED, "created_at", "id", postgresql_where=LIVE),
        Index("nomenklatura_brand", text("lower(brand)"), postgresql_where=filled("brand")),
        Index("nomenklatura_manufacturer", text("lower(manufacturer)"), postgresql_where=filled("manufacturer")),
        Index("nomenklatura_category", "category", postgresql_where=filled("category")),
        Index("nomenklatura_stock_quantity", "stock_quantity", postgresql_where=filled("stock_quantity")),
    )

    id: int = Field(sa_column=Column(BigInteger, Identity(always=True), primary_key=True))
    project_id: int | None = Field(default=None, sa_column=Column(BigInteger, ForeignKey("project.id")))
    code_1c: str = Field(max_length=255)
    article_code: str | None = Field(default=None, max_length=100)
    name: str = Field(max_length=255)
    title: str | None = Field(default=None, max_length=255)
    description: str | None = Field(default=None, sa_type=Text)
    sku: str | None = Field(default=None, max_length=100)
    barcode: str | None = Field(default=None, max_length=100)
    brand: str | None = Field(default=None, max_length=150)
    manufacturer: str | None = Field(default=None, max_length=200)
    model: str | None = Field(default=None, max_length=150)
    series: str | None = Field(default=None, max_length=150)
    vendor_code: str | None = Field(default=None, max_length=100)
    base_price: Decimal | None = Field(default=None, max_digits=15, decimal_places=2)
    sale_price: Decimal | None = Field(default=None, max_digits=15, decimal_places=2)
    cost_price: Decimal | None = Field(default=None, max_digits=15, decimal_places=2)
    currency: str | None = Field(default="UZS", max_length=10)
    discount_percent: Decimal | None = Field(default=None, max_digits=5, decimal_places=2)
    tax_rate: Decimal | None = Field(default=None, max_digits=5, decimal_places=2)
    stock_quantity: Decimal | None = Field(default=None, max_digits=10, decimal_places=2)
    min_stock: Decimal | None = Field(default=None, max_digits=10, decimal_places=2)
    max_stock: Decimal | None = Field(default=None, max_digits=10, decimal_places=2)
    unit_of_measure: str | None = Field(default=None, max_length=50)
    weight: Decimal | None = Field(default=None, max_digits=10, decimal_places=3)
    dimensions: str | None = Field(default=None, max_length=100)
    volume: Decimal | None = Field(default=None, max_digits=10, decimal_places=3)
    category: str | None = Field(default=None, max_length=150)
    subcategory: str | None = Field(default=None, max_length=150)
    tags: Any = Field(default_factory=list, sa_column=Column(JSONB, nullable=True))
    color: str | None = Field(default=None, max_length=100)
    size: str | None = Field(default=None, max_length=100)
    material: str | None = Field(default=None, max_length=200)
    warranty_period: int | None = None
    expiry_date: date | None = None
    production_date: date | None = None
    roditel: str | None = Field(default=None, max_length=255)
    supplier: str | None = Field(default=None, max_length=255)
    country_code: str | None = Field(default=None, max_length=10)
    country: str | None = Field(default=None, max_length=150)
    notes: str | None = Field(default=None, sa_type=Text)
    rating: Decimal | None = Field(default=None, max_digits=3, decimal_places=2)
    popularity_score: int | None = 0
    seo_keywords: str | None = Field(default=None, max_length=500)
    source: str | None = Field(default=None, max_length=100)
    # "metadata" is SQLAlchemy's own name on a class; the column keeps the contract's.
    extra: Any = Field(default_factory=dict, sa_column=Column("metadata", JSONB, nullable=True))
    is_active: bool = True
    is_deleted: bool = False
    enrichment_status: str = Field(default="PENDING", max_length=20)
    last_enriched_at: datetime | None = Field(default=None, sa_type=DateTime(timezone=True))
    created_at: datetime = Field(sa_type=DateTime(timezone=True))
    updated_at: datetime = Field(sa_type=DateTime(timezone=True))


class NomenklaturaSearch(Base, table=True):
    """The folded text of each product that is not deleted; kept by triggers."""

    __tablename__ = "nomenklatura_search"
    __table_args__ = (
        Index("nomenklatura_search_key", "key", postgresql_using="gin", postgresql_ops={"key": "gin_trgm_ops"}),
        Index("nomenklatura_search_created", "created_at", "id"),
    )

    id: int = Field(sa_type=BigInteger, primary_key=True)
    created_at: datetime = Field(sa_type=DateTime(timezone=True))
    key: str = Field(sa_type=Text)
