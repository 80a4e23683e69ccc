"""Batches of points as one would store them by hand: each by a ``COPY`` of its own into a table of the same indexes."""

import time
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from ecatalog.db.sql import Ident, compose, join

from tests.load import by_hand

_TABLE = Ident("location_point")


def rate(dsn: str, batches: Sequence[Sequence[dict[str, Any]]]) -> float:
    """Return the points a second of batches, each of which is committed before the next one."""
    columns = ("fixed_at", "created_at", "updated_at", *batches[0][0])
    now = datetime.now(UTC)
    rows = [[(point["logged_at"], now, now, *point.values()) for point in batch] for batch in batches]
    statement = compose(
        "copy {schema}.{table} ({columns}) from stdin",
        schema=by_hand.SCHEMA, table=_TABLE, columns=join(", ", map(Ident, columns)),
    )  # fmt: skip
    with by_hand.scratch(dsn, _TABLE) as connection, connection.cursor() as cursor:
        began = time.monotonic()
        for batch in rows:
            with cursor.copy(statement.encode()) as copy:
                for row in batch:
                    copy.write_row(row)
        return sum(map(len, rows)) / (time.monotonic() - began)
