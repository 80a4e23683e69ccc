"""Declares the base of this service's tables, with metadata of its own, and conditions of their indexes."""

from sqlalchemy import text
from sqlalchemy.orm import registry
from sqlmodel import SQLModel


class Base(SQLModel, registry=registry()):
    __abstract__ = True


LIVE = text("not is_deleted")
DESCRIBED = text("num_nonnulls(nullif(description, ''))")
"""Tells whether a row has a description, as the filter ``description_status`` asks for it."""
