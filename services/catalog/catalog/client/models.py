"""The table of clients, and what their search reads."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import BigInteger, Column, DateTime, ForeignKey, Identity, Index, Text, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field

from catalog.tables import Base

LIVE = text("not is_deleted")
DESCRIBED = text("num_nonnulls(nullif(description, ''))")


class Client(Base, table=True):
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

    id: int = Field(sa_column=Column(BigInteger, Identity(always=True), primary_key=True))
    project_id: int | None = Field(default=None, sa_column=Column(BigInteger, ForeignKey("project.id")))
    client_code_1c: str = Field(max_length=100)
    name: str = Field(max_length=100)
    email: str | None = Field(default=None, max_length=100)
    phone: str | None = Field(default=None, max_length=100)
    description: str | None = Field(default=None, sa_type=Text)
    company_name: str | None = Field(default=None, max_length=255)
    tax_id: str | None = Field(default=None, max_length=50)
    registration_number: str | None = Field(default=None, max_length=100)
    legal_address: str | None = Field(default=None, sa_type=Text)
    actual_address: str | None = Field(default=None, sa_type=Text)
    fax: str | None = Field(default=None, max_length=50)
    website: str | None = Field(default=None, max_length=255)
    social_media: Any = Field(default_factory=dict, sa_column=Column(JSONB, nullable=True))
    additional_phones: Any = Field(default_factory=list, sa_column=Column(JSONB, nullable=True))
    industry: str | None = Field(default=None, max_length=150)
    business_type: str | None = Field(default=None, max_length=100)
    employee_count: int | None = None
    annual_revenue: Decimal | None = Field(default=None, max_digits=15, decimal_places=2)
    established_date: date | None = None
    payment_terms: str | None = Field(default=None, max_length=255)
    credit_limit: Decimal | None = Field(default=None, max_digits=15, decimal_places=2)
    currency: str | None = Field(default="UZS", max_length=10)
    city: str | None = Field(default=None, max_length=100)
    region: str | None = Field(default=None, max_length=100)
    country: str | None = Field(default="Uzbekistan", max_length=100)
    postal_code: str | None = Field(default=None, max_length=20)
    contact_person: str | None = Field(default=None, max_length=150)
    contact_position: str | None = Field(default=None, max_length=100)
    contact_email: str | None = Field(default=None, max_length=100)
    contact_phone: str | None = Field(default=None, max_length=100)
    business_region_code: str | None = Field(default=None, max_length=100)
    business_region_name: str | None = Field(default=None, max_length=255)
    notes: str | None = Field(default=None, sa_type=Text)
    tags: Any = Field(default_factory=list, sa_column=Column(JSONB, nullable=True))
    rating: Decimal | None = Field(default=None, max_digits=3, decimal_places=2)
    priority: int | None = 0
    source: str | None = Field(default=None, max_length=100)
    # "metadata" is SQLAlchemy's own name on a class; the column keeps the contract's.
    extra: Any = Field(default_factory=dict, sa_column=Column("metadata", JSONB, nullable=True))
    is_active: bool = True
    is_deleted: bool = False
    created_at: datetime = Field(sa_type=DateTime(timezone=True))
    updated_at: datetime = Field(sa_type=DateTime(timezone=True))


class ClientSearch(Base, table=True):
    """The folded text of each client that is not deleted; kept by triggers."""

    __tablename__ = "client_search"
    __table_args__ = (
        Index("client_search_key", "key", postgresql_using="gin", postgresql_ops={"key": "gin_trgm_ops"}),
        Index("client_search_created", "created_at", "id"),
    )

    id: int = Field(sa_type=BigInteger, primary_key=True)
    created_at: datetime = Field(sa_type=DateTime(timezone=True))
    key: str = Field(sa_type=Text)
