"""Rows that tests start from."""

from typing import Any
from uuid import UUID

from ecatalog.contracts.integration import SyncType
from ecatalog.db.database import Database
from integration.integrations.models import Integration
from integration.tasks import service
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession


async def add_project(database: Database, project_id: int = 1, code: str = "P-1", name: str = "Project") -> int:
    async with database.session() as session:
        await session.execute(
            text("insert into project values (:id, :code, :name, 1, false)"),
            {"id": project_id, "code": code, "name": name},
        )
    return project_id


async def add_integration(database: Database, wsdl_url: str = "http://127.0.0.1:9/ws?wsdl", **changes: Any) -> int:
    values: dict[str, Any] = {
        "name": "1C", "project_id": 1, "wsdl_url": wsdl_url, "method_nomenklatura": "GetProductList",
        "method_clients": "GetClientList", "chunk_size": 10, "is_active": True, "invert_is_active": False, "timeout": 5,
    }  # fmt: skip
    async with database.session() as session:
        integration = Integration(**{**values, **changes})
        session.add(integration)
        await session.flush()
        return int(integration.id or 0)


async def start(database: Database, integration: int, sync_type: SyncType = "nomenklatura") -> UUID:
    async with database.session() as session:
        started = await service.start(session, integration, sync_type)
        return UUID(str(started["task_id"]))


async def task(database: Database, task_id: UUID) -> dict[str, Any]:
    async with database.session() as session:
        return dict(await _row(session, task_id))


async def _row(session: AsyncSession, task_id: UUID) -> Any:
    return (
        (await session.execute(text("select * from sync_task where task_id = :id"), {"id": task_id})).mappings().one()
    )


async def count(database: Database, table: str) -> int:
    row = await database.fetch_row(f"select count(*) from {table}")  # noqa: S608 - a name in a test
    assert row is not None
    return int(row[0])
