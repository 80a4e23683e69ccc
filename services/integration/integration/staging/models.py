from sqlalchemy import BigInteger, Column, Index, Integer, SmallInteger, Table, Text, text

from integration.tables import Base

# A row of the source on its way to the catalog: `payload` is its JSON, or `reason` says what is wrong; `n` is its
# place in the source's list, `list` the number of that list among those of the answer.
#
# The table is logged: a crash of PostgreSQL empties an unlogged one, and a list that is fetched again after some of
# it was applied would be counted differently. It has no key: a worker that takes a task over must not wait for the
# uncommitted rows of one that hangs; which of the two commits is decided by the fence.
STAGED_ROW = Table(
    "staged_row",
    Base.metadata,
    Column("task_id", BigInteger, nullable=False),
    Column("n", Integer, nullable=False),
    Column("code", Text),
    Column("payload", Text),
    Column("reason", Text),
    Column("list", SmallInteger, nullable=False, server_default=text("0")),
    Index("staged_row_place", "task_id", "n"),
)
