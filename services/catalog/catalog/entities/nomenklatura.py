"""Declares products: their columns, and what follows from these."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from ecatalog.contracts.catalog import NOMENKLATURA_CHANGED, NomenklaturaRow
from ecatalog.entities.entity import Entity, Facts
from ecatalog.entities.rendering import Rendering
from ecatalog.entities.search import Search
from ecatalog.entities.sheet import SheetLayout
from ecatalog.fields.codes import Code, Identifier
from ecatalog.fields.column import column, table_of
from ecatalog.fields.types import (
    INT64,
    Boolean,
    Choice,
    Date,
    DateTime,
    DecimalNumber,
    Integer,
    Json,
    Percent,
    Text,
)
from pydantic import BaseModel
from sqlalchemy import Identity, Index, String, text

from catalog import nested
from catalog.nomenklatura.filters import FILTERS
from catalog.nomenklatura.schemas import NomenklaturaOut
from catalog.tables import DESCRIBED, LIVE, Base

MONEY = DecimalNumber(15, 2)
PERCENT = Percent(5, 2)
STOCK = DecimalNumber(10, 2)
MEASURE = DecimalNumber(10, 3)
ENRICHMENT = Choice(("PENDING", "IN_PROGRESS", "COMPLETED", "FAILED"))
# fmt: off
SHEET_COLUMNS = (
    "code_1c", "name", "title", "description", "is_active", "sku", "barcode", "brand", "manufacturer", "model",
    "series", "vendor_code", "base_price", "sale_price", "cost_price", "currency", "discount_percent",
    "tax_rate", "stock_quantity", "min_stock", "max_stock", "unit_of_measure", "weight", "dimensions", "volume",
    "category", "subcategory", "color", "size", "material", "warranty_period", "expiry_date", "production_date",
    "notes", "rating", "popularity_score", "seo_keywords", "source",
)
FACTS = (
    "name", "title", "brand", "manufacturer", "model", "series", "category", "subcategory", "color", "size",
    "material", "weight", "dimensions", "volume", "unit_of_measure", "warranty_period", "country", "seo_keywords",
)
# fmt: on


class NomenklaturaBase(BaseModel):
    """Declares what clients write of a product."""

    project_id: int | None = column(Integer(INT64), None, foreign_key="project.id", public="The id of its project.")
    code_1c: str = column(Code(255, blank=False), public="Its code in 1C; unique within the project.")
    article_code: str | None = column(Text(100), None, public="Its article number.")
    name: str = column(Text(255, blank=False), public="Its name.")
    title: str | None = column(Text(255), None, public="A longer name for people.")
    description: str | None = column(Text(), None)
    sku: str | None = column(Identifier(100), None, public="The stock keeping unit.")
    barcode: str | None = column(Identifier(100), None, public="Its barcode.")
    brand: str | None = column(Text(150), None, public="Its brand.")
    manufacturer: str | None = column(Text(200), None, public="Who makes it.")
    model: str | None = column(Text(150), None, public="Its model.")
    series: str | None = column(Text(150), None, public="Its series.")
    vendor_code: str | None = column(Identifier(100), None, public="The supplier's code of it.")
    base_price: Decimal | None = column(MONEY, None, public="The list price. A decimal as text, with two places.")
    sale_price: Decimal | None = column(
        MONEY, None, public="The price when on sale. A decimal as text, with two places."
    )
    cost_price: Decimal | None = column(MONEY, None)
    currency: str | None = column(Text(10), "UZS", public="The currency of the prices, such as `UZS`.")
    discount_percent: Decimal | None = column(
        PERCENT, None, public="The discount in per cent. A decimal as text, with two places."
    )
    tax_rate: Decimal | None = column(PERCENT, None, public="The tax in per cent. A decimal as text, with two places.")
    stock_quantity: Decimal | None = column(
        STOCK, None, public="How much is in stock. A decimal as text, with two places."
    )
    min_stock: Decimal | None = column(STOCK, None)
    max_stock: Decimal | None = column(STOCK, None)
    unit_of_measure: str | None = column(Text(50), None, public="The unit of the stock, such as `pcs`.")
    weight: Decimal | None = column(MEASURE, None, public="Its weight. A decimal as text, with three places.")
    dimensions: str | None = column(Text(100), None)
    volume: Decimal | None = column(MEASURE, None, public="Its volume. A decimal as text, with three places.")
    category: str | None = column(Text(150), None, public="Its category.")
    subcategory: str | None = column(Text(150), None, public="Its subcategory.")
    tags: Any | None = column(Json(), default_factory=list)
    color: str | None = column(Text(100), None)
    size: str | None = column(Text(100), None)
    material: str | None = column(Text(200), None)
    warranty_period: int | None = column(Integer(), None)
    expiry_date: date | None = column(Date(), None)
    production_date: date | None = column(Date(), None)
    roditel: str | None = column(Text(255), None, public="The group of 1C that it lies in.")
    supplier: str | None = column(Text(255), None, public="Who delivers it.")
    country_code: str | None = column(Text(10), None, public="The code of the country it comes from.")
    country: str | None = column(Text(150), None, public="The country it comes from.")
    notes: str | None = column(Text(), None)
    rating: Decimal | None = column(DecimalNumber(3, 2), None)
    popularity_score: int | None = column(Integer(), 0)
    seo_keywords: str | None = column(Text(500), None)
    source: str | None = column(Text(100), None)
    extra: Any | None = column(Json(), default_factory=dict, name="metadata", alias="metadata")
    is_active: bool = column(Boolean(), True, public="False for a product that is not offered at present.")
    is_deleted: bool = column(
        Boolean(), False, public="True when the product is gone: it was deleted, or 1C marked it. It may come back."
    )
    enrichment_status: str = column(ENRICHMENT, "PENDING", sa_type=String(20))
    last_enriched_at: datetime | None = column(DateTime(), None)


def filled(column: str) -> Any:
    """Write the condition of live rows with a value.

    Most columns of most rows are empty, and an index of those costs every insert.
    """
    return text(f"not is_deleted and {column} is not null")


class Nomenklatura(NomenklaturaBase, Base, table=True):
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

    id: int = column(
        Integer(INT64), primary_key=True, sa_column_args=(Identity(always=True),), public="The product's id."
    )
    created_at: datetime = column(
        DateTime(), public="When the product was created. ISO 8601 with offset and microseconds."
    )
    updated_at: datetime = column(
        DateTime(), public="When the product last changed. ISO 8601 with offset and microseconds."
    )


class NomenklaturaIn(NomenklaturaBase):
    pass


NOMENKLATURA = Entity(
    Nomenklatura,
    NomenklaturaIn,
    Rendering(
        table_of(Nomenklatura),
        NomenklaturaOut,
        nested={"project": nested.PROJECT, "images": nested.PRODUCT_IMAGES},
        anonymous={"images": nested.PUBLIC_PRODUCT_IMAGES},
        filters=FILTERS,
        search=Search(
            "nomenklatura_search",
            words=("name", "title", "brand", "category", "manufacturer"),
            codes=("code_1c", "article_code", "sku", "barcode"),
        ),
        others=("project", "image", "integration"),
        weighed=("description", "notes", "tags", "metadata"),
    ),
    code="code_1c",
    scope="project_id",
    conflict="nomenklatura with this code 1c already exists.",
    event=NOMENKLATURA_CHANGED,
    event_row=NomenklaturaRow,
    derived=nested.DESCRIPTION_LENGTH,
    own=frozenset({"enrichment_status", "last_enriched_at"}),
    describes=Facts("product", FACTS),
    sheet=SheetLayout.of(
        NomenklaturaBase,
        "Nomenklatura",
        "nomenklatura",
        SHEET_COLUMNS,
        sample=("NOM-001", "Namuna mahsulot", "Sarlavha", "<p>Izoh</p>", True),
    ),
)
