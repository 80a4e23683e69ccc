from sqlalchemy import BigInteger, Column, Integer, Text
from sqlmodel import Field

from integration.tables import Base


class StagedRow(Base, table=True):
    """A row of the source on its way to the catalog: ``payload`` is its JSON, or ``reason`` says what is wrong.

    ``n`` is its place in the source's list. The table is logged: a crash of PostgreSQL empties an unlogged one, and
    a list that is fetched again after some of it was applied would be counted differently.
    """

    __tablename__ = "staged_row"

    task_id: int = Field(sa_column=Column(BigInteger, primary_key=True, autoincrement=False))
    n: int = Field(sa_column=Column(Integer, primary_key=True, autoincrement=False))
    code: str | None = Field(sa_type=Text)
    payload: str | None = Field(sa_type=Text)
    reason: str | None = Field(sa_type=Text)
