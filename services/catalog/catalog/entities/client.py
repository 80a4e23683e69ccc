"""Declares clients: their columns, and what follows from these."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from ecatalog.contracts.catalog import CLIENT_CHANGED, ClientRow
from ecatalog.entities.entity import Entity, Facts
from ecatalog.entities.rendering import Rendering
from ecatalog.entities.search import Search
from ecatalog.entities.sheet import SheetLayout
from ecatalog.fields.codes import Code, Identifier
from ecatalog.fields.column import column, table_of
from ecatalog.fields.types import INT64, Boolean, Date, DateTime, DecimalNumber, Email, Integer, Json, Text, Url
from pydantic import BaseModel
from sqlalchemy import Identity, Index, text

from catalog import nested
from catalog.client.filters import FILTERS
from catalog.client.schemas import ClientOut
from catalog.tables import DESCRIBED, LIVE, Base

MONEY = DecimalNumber(15, 2)
# fmt: off
SHEET_COLUMNS = (
    "client_code_1c", "name", "email", "phone", "description", "is_active", "company_name", "tax_id",
    "registration_number", "legal_address", "actual_address", "fax", "website", "industry", "business_type",
    "employee_count", "annual_revenue", "established_date", "payment_terms", "credit_limit", "currency", "city",
    "region", "country", "postal_code", "contact_person", "contact_position", "contact_email", "contact_phone",
    "notes", "rating", "priority", "source",
)
# fmt: on


class ClientBase(BaseModel):
    """Declares what clients of the API write of a client of the distributor."""

    project_id: int | None = column(Integer(INT64), None, foreign_key="project.id", public="The id of its project.")
    client_code_1c: str = column(Code(100, blank=False), public="Its code in 1C; unique within the project.")
    name: str = column(Text(100, blank=False), public="Its name.")
    email: str | None = column(Email(100), None)
    phone: str | None = column(Identifier(100), None)
    description: str | None = column(Text(), None)
    company_name: str | None = column(Text(255), None)
    tax_id: str | None = column(Identifier(50), None)
    registration_number: str | None = column(Identifier(100), None)
    legal_address: str | None = column(Text(), None)
    actual_address: str | None = column(Text(), None)
    fax: str | None = column(Identifier(50), None)
    website: str | None = column(Url(255), None)
    social_media: Any | None = column(Json(), default_factory=dict)
    additional_phones: Any | None = column(Json(), default_factory=list)
    industry: str | None = column(Text(150), None)
    business_type: str | None = column(Text(100), None)
    employee_count: int | None = column(Integer(), None)
    annual_revenue: Decimal | None = column(MONEY, None)
    established_date: date | None = column(Date(), None)
    payment_terms: str | None = column(Text(255), None)
    credit_limit: Decimal | None = column(MONEY, None)
    currency: str | None = column(Text(10), "UZS")
    city: str | None = column(Text(100), None)
    region: str | None = column(Text(100), None)
    country: str | None = column(Text(100), "Uzbekistan")
    postal_code: str | None = column(Identifier(20), None)
    contact_person: str | None = column(Text(150), None)
    contact_position: str | None = column(Text(100), None)
    contact_email: str | None = column(Email(100), None)
    contact_phone: str | None = column(Identifier(100), None)
    business_region_code: str | None = column(Text(100), None, public="The code of its sales region.")
    business_region_name: str | None = column(Text(255), None, public="The name of its sales region.")
    notes: str | None = column(Text(), None)
    tags: Any | None = column(Json(), default_factory=list)
    rating: Decimal | None = column(DecimalNumber(3, 2), None)
    priority: int | None = column(Integer(), 0)
    source: str | None = column(Text(100), None)
    extra: Any | None = column(Json(), default_factory=dict, name="metadata", alias="metadata")
    is_active: bool = column(Boolean(), True, public="False for a client that is not offered at present.")
    is_deleted: bool = column(
        Boolean(), False, public="True when the client is gone: it was deleted, or 1C marked it. It may come back."
    )


class Client(ClientBase, Base, table=True):
    """A client of the distributor. Its code is unique within a project, and among those without one."""

    __tablename__ = "client"
    __table_args__ = (
        Index("client_code", "client_code_1c", "project_id", unique=True, postgresql_nulls_not_distinct=True),
        Index("client_created", "created_at", "id", postgresql_where=LIVE),
        Index("client_updated", "updated_at", "id", postgresql_where=LIVE),
        Index("client_name", "name", "id", postgresql_where=LIVE),
        Index("client_email", "email", postgresql_where=text("not is_deleted and email is not null")),
        Index("client_project", "project_id", "created_at", "id", postgresql_where=LIVE),
        Index("client_region", "business_region_code", "created_at", "id", postgresql_where=LIVE),
        Index("client_active", "is_active", "created_at", "id", postgresql_where=LIVE),
        Index("client_described", DESCRIBED, "created_at", "id", postgresql_where=LIVE),
    )

    id: int = column(
        Integer(INT64), primary_key=True, sa_column_args=(Identity(always=True),), public="The client's id."
    )
    created_at: datetime = column(
        DateTime(), public="When the client was created. ISO 8601 with offset and microseconds."
    )
    updated_at: datetime = column(
        DateTime(), public="When the client last changed. ISO 8601 with offset and microseconds."
    )


class ClientIn(ClientBase):
    pass


CLIENT = Entity(
    Client,
    ClientIn,
    Rendering(
        table_of(Client),
        ClientOut,
        nested={"project": nested.PROJECT, "images": nested.CLIENT_IMAGES},
        filters=FILTERS,
        search=Search(
            "client_search",
            words=("name", "company_name", "contact_person"),
            codes=("client_code_1c", "email", "phone", "tax_id", "contact_phone"),
            phones=True,
        ),
        others=("project", "image", "integration"),
        weighed=(
            "description",
            "notes",
            "legal_address",
            "actual_address",
            "social_media",
            "additional_phones",
            "tags",
            "metadata",
        ),
    ),
    code="client_code_1c",
    scope="project_id",
    conflict="client with this client code 1c already exists.",
    event=CLIENT_CHANGED,
    event_row=ClientRow,
    # Nothing by which a person or a company's money could be found: no contacts, addresses, tax numbers or limits.
    describes=Facts(
        "client company",
        ("name", "company_name", "industry", "business_type", "city", "region", "country", "established_date"),
    ),
    sheet=SheetLayout.of(
        ClientBase,
        "Clients",
        "clients",
        SHEET_COLUMNS,
        sample=("CLI-001", "Namuna client", "client@example.com", "+998 90 000 00 00", "Izoh", True),
    ),
)
