"""What clients send and get of products."""

from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Any

from ecatalog.fields.codes import Code
from ecatalog.fields.types import INT64, Boolean, Choice, Date, DateTime, DecimalNumber, Integer, Json, Text
from pydantic import BaseModel, Field

from catalog.images.schemas import ProductImage
from catalog.project.schemas import ProjectBrief

MONEY = DecimalNumber(15, 2)
PERCENT = DecimalNumber(5, 2)
STOCK = DecimalNumber(10, 2)
MEASURE = DecimalNumber(10, 3)
ENRICHMENT = Choice(("PENDING", "IN_PROGRESS", "COMPLETED", "FAILED"))


class NomenklaturaBody(BaseModel):
    project_id: Annotated[int | None, Integer(INT64)] = None
    code_1c: Annotated[str, Code(255, blank=False)]
    article_code: Annotated[str | None, Text(100)] = None
    name: Annotated[str, Text(255, blank=False)]
    title: Annotated[str | None, Text(255)] = None
    description: Annotated[str | None, Text()] = None
    sku: Annotated[str | None, Text(100)] = None
    barcode: Annotated[str | None, Text(100)] = None
    brand: Annotated[str | None, Text(150)] = None
    manufacturer: Annotated[str | None, Text(200)] = None
    model: Annotated[str | None, Text(150)] = None
    series: Annotated[str | None, Text(150)] = None
    vendor_code: Annotated[str | None, Text(100)] = None
    base_price: Annotated[Decimal | None, MONEY] = None
    sale_price: Annotated[Decimal | None, MONEY] = None
    cost_price: Annotated[Decimal | None, MONEY] = None
    currency: Annotated[str | None, Text(10)] = "UZS"
    discount_percent: Annotated[Decimal | None, PERCENT] = None
    tax_rate: Annotated[Decimal | None, PERCENT] = None
    stock_quantity: Annotated[Decimal | None, STOCK] = None
    min_stock: Annotated[Decimal | None, STOCK] = None
    max_stock: Annotated[Decimal | None, STOCK] = None
    unit_of_measure: Annotated[str | None, Text(50)] = None
    weight: Annotated[Decimal | None, MEASURE] = None
    dimensions: Annotated[str | None, Text(100)] = None
    volume: Annotated[Decimal | None, MEASURE] = None
    category: Annotated[str | None, Text(150)] = None
    subcategory: Annotated[str | None, Text(150)] = None
    tags: Annotated[Any | None, Json()] = Field(default_factory=list)
    color: Annotated[str | None, Text(100)] = None
    size: Annotated[str | None, Text(100)] = None
    material: Annotated[str | None, Text(200)] = None
    warranty_period: Annotated[int | None, Integer()] = None
    expiry_date: Annotated[date | None, Date()] = None
    production_date: Annotated[date | None, Date()] = None
    roditel: Annotated[str | None, Text(255)] = None
    supplier: Annotated[str | None, Text(255)] = None
    country_code: Annotated[str | None, Text(10)] = None
    country: Annotated[str | None, Text(150)] = None
    notes: Annotated[str | None, Text()] = None
    rating: Annotated[Decimal | None, DecimalNumber(3, 2)] = None
    popularity_score: Annotated[int | None, Integer()] = 0
    seo_keywords: Annotated[str | None, Text(500)] = None
    source: Annotated[str | None, Text(100)] = None
    metadata: Annotated[Any | None, Json()] = Field(default_factory=dict)
    is_active: Annotated[bool, Boolean()] = True
    is_deleted: Annotated[bool, Boolean()] = False
    enrichment_status: Annotated[str, ENRICHMENT] = "PENDING"
    last_enriched_at: Annotated[datetime | None, DateTime()] = None


class NomenklaturaAnswer(BaseModel):
    """Numbers with fixed places come as text."""

    id: int
    project: ProjectBrief | None
    code_1c: str
    article_code: str | None
    name: str
    title: str | None
    description: str | None
    sku: str | None
    barcode: str | None
    brand: str | None
    manufacturer: str | None
    model: str | None
    series: str | None
    vendor_code: str | None
    base_price: str | None
    sale_price: str | None
    cost_price: str | None
    currency: str | None
    discount_percent: str | None
    tax_rate: str | None
    stock_quantity: str | None
    min_stock: str | None
    max_stock: str | None
    unit_of_measure: str | None
    weight: str | None
    dimensions: str | None
    volume: str | None
    category: str | None
    subcategory: str | None
    tags: Any
    color: str | None
    size: str | None
    material: str | None
    warranty_period: int | None
    expiry_date: date | None
    production_date: date | None
    roditel: str | None
    supplier: str | None
    country_code: str | None
    country: str | None
    notes: str | None
    rating: str | None
    popularity_score: int | None
    seo_keywords: str | None
    source: str | None
    metadata: Any
    is_active: bool
    is_deleted: bool
    enrichment_status: str
    last_enriched_at: datetime | None
    created_at: datetime
    updated_at: datetime
    images: list[ProductImage]
