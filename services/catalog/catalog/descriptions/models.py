"""Declares the table of the texts that a model wrote.

``kind`` is the table of the row: ``nomenklatura`` or ``client``.
"""

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, Column, DateTime, Float, Text, text
from sqlmodel import Field

from catalog.tables import Base


def _key(type_: Any) -> Any:
    return Field(sa_column=Column(type_, primary_key=True, autoincrement=False))


class GeneratedDescription(Base, table=True):
    """Is what a model wrote for a row: the draft that waits for a decision, or the text that the row got last."""

    __tablename__ = "generated_description"

    kind: str = _key(Text)
    row_id: int = _key(BigInteger)
    is_draft: bool = Field(primary_key=True)
    description: str = Field(sa_type=Text)
    language: str = Field(sa_type=Text)
    model: str = Field(sa_type=Text)
    prompt_tokens: int
    completion_tokens: int
    seconds: float = Field(sa_type=Float(53))
    created_at: datetime = Field(
        sa_type=DateTime(timezone=True),
        sa_column_kwargs={"server_default": text("clock_timestamp()")},
    )
