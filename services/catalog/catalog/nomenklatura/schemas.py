"""Declares what clients get of products."""

from datetime import date, datetime
from typing import Any

from pydantic import BaseModel

from catalog.images.schemas import ProductImage
from catalog.project.schemas import ProjectBrief


class NomenklaturaOut(BaseModel):
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
