"""The alarms that were published."""

from typing import Any

import orjson
from ecatalog.db.database import Database


async def told(database: Database) -> list[dict[str, Any]]:
    """The alarms that were published so far, in their order."""
    sql = "select data::text from outbox where type = 'ecatalog.integration.source.alarm.v1' order by seq"
    return [orjson.loads(data) for (data,) in await database.fetch_rows(sql)]


async def kinds(database: Database) -> list[str]:
    return [alarm["kind"] for alarm in await told(database)]
