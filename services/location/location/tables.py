"""The tables of this service have a base with metadata of its own."""

from sqlalchemy.orm import registry
from sqlmodel import SQLModel


class Base(SQLModel, registry=registry()):
    __abstract__ = True
