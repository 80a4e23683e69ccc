from sqlalchemy import BigInteger, Boolean, Column, ForeignKey, Index, Integer, text
from sqlmodel import Field

from integration.tables import Base


class SyncChunk(Base, table=True):
    """A part of a task that travels as one command: the staged rows ``first_n`` to ``last_n``, of which there are
    ``rows``. ``applied`` once its result was added to the task."""

    __tablename__ = "sync_chunk"
    __table_args__ = (Index("sync_chunk_waiting", "task_id", "chunk", postgresql_where=text("not applied")),)

    task_id: int = Field(sa_column=Column(BigInteger, ForeignKey("sync_task.id", ondelete="CASCADE"), primary_key=True))
    chunk: int = Field(sa_column=Column(Integer, primary_key=True, autoincrement=False))
    first_n: int
    last_n: int
    rows: int
    applied: bool = Field(default=False, sa_column=Column(Boolean, nullable=False, server_default=text("false")))
