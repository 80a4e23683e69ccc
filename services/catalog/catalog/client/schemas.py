"""Declares what clients of the API get of clients of the distributor."""

from datetime import date, datetime
from typing import Any

from pydantic import BaseModel

from catalog.images.schemas import ClientImage
from catalog.project.schemas import ProjectBrief


class ClientOut(BaseModel):
    """Numbers with fixed places come as text."""

    id: int
    project: ProjectBrief | None
    client_code_1c: str
    name: str
    email: str | None
    phone: str | None
    description: str | None
    company_name: str | None
    tax_id: str | None
    registration_number: str | None
    legal_address: str | None
    actual_address: str | None
    fax: str | None
    website: str | None
    social_media: Any
    additional_phones: Any
    industry: str | None
    business_type: str | None
    employee_count: int | None
    annual_revenue: str | None
    established_date: date | None
    payment_terms: str | None
    credit_limit: str | None
    currency: str | None
    city: str | None
    region: str | None
    country: str | None
    postal_code: str | None
    contact_person: str | None
    contact_position: str | None
    contact_email: str | None
    contact_phone: str | None
    business_region_code: str | None
    business_region_name: str | None
    notes: str | None
    tags: Any
    rating: str | None
    priority: int | None
    source: str | None
    metadata: Any
    is_active: bool
    is_deleted: bool
    created_at: datetime
    updated_at: datetime
    images: list[ClientImage]
