"""What clients of the API send and get of clients of the distributor."""

from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Any

from ecatalog.fields.codes import Code
from ecatalog.fields.types import INT64, Boolean, Date, DecimalNumber, Email, Integer, Json, Text, Url
from pydantic import BaseModel, Field

from catalog.images.schemas import ClientImage
from catalog.project.schemas import ProjectBrief

MONEY = DecimalNumber(15, 2)


class ClientBody(BaseModel):
    project_id: Annotated[int | None, Integer(INT64)] = None
    client_code_1c: Annotated[str, Code(100, blank=False)]
    name: Annotated[str, Text(100, blank=False)]
    email: Annotated[str | None, Email(100)] = None
    phone: Annotated[str | None, Text(100)] = None
    description: Annotated[str | None, Text()] = None
    company_name: Annotated[str | None, Text(255)] = None
    tax_id: Annotated[str | None, Text(50)] = None
    registration_number: Annotated[str | None, Text(100)] = None
    legal_address: Annotated[str | None, Text()] = None
    actual_address: Annotated[str | None, Text()] = None
    fax: Annotated[str | None, Text(50)] = None
    website: Annotated[str | None, Url(255)] = None
    social_media: Annotated[Any | None, Json()] = Field(default_factory=dict)
    additional_phones: Annotated[Any | None, Json()] = Field(default_factory=list)
    industry: Annotated[str | None, Text(150)] = None
    business_type: Annotated[str | None, Text(100)] = None
    employee_count: Annotated[int | None, Integer()] = None
    annual_revenue: Annotated[Decimal | None, MONEY] = None
    established_date: Annotated[date | None, Date()] = None
    payment_terms: Annotated[str | None, Text(255)] = None
    credit_limit: Annotated[Decimal | None, MONEY] = None
    currency: Annotated[str | None, Text(10)] = "UZS"
    city: Annotated[str | None, Text(100)] = None
    region: Annotated[str | None, Text(100)] = None
    country: Annotated[str | None, Text(100)] = "Uzbekistan"
    postal_code: Annotated[str | None, Text(20)] = None
    contact_person: Annotated[str | None, Text(150)] = None
    contact_position: Annotated[str | None, Text(100)] = None
    contact_email: Annotated[str | None, Email(100)] = None
    contact_phone: Annotated[str | None, Text(100)] = None
    business_region_code: Annotated[str | None, Text(100)] = None
    business_region_name: Annotated[str | None, Text(255)] = None
    notes: Annotated[str | None, Text()] = None
    tags: Annotated[Any | None, Json()] = Field(default_factory=list)
    rating: Annotated[Decimal | None, DecimalNumber(3, 2)] = None
    priority: Annotated[int | None, Integer()] = 0
    source: Annotated[str | None, Text(100)] = None
    metadata: Annotated[Any | None, Json()] = Field(default_factory=dict)
    is_active: Annotated[bool, Boolean()] = True
    is_deleted: Annotated[bool, Boolean()] = False


class ClientAnswer(BaseModel):
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
