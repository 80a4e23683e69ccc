"""Keeps the projection of integrations."""

from ecatalog.contracts.integration import IntegrationChanged
from ecatalog.events.envelope import Event
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

TABLES = frozenset({"integration"})

_APPLY = text(
    "insert into integration (integration_id, project_id, is_active, is_deleted, sequence)"
    " values (:integration_id, :project_id, :is_active, :is_deleted, :sequence)"
    " on conflict (integration_id) do update set project_id = excluded.project_id, is_active = excluded.is_active,"
    " is_deleted = excluded.is_deleted, sequence = excluded.sequence where integration.sequence < excluded.sequence"
)


async def apply(session: AsyncSession, event: Event[IntegrationChanged]) -> None:
    """Store an integration as the event shows it; an older event never overwrites a newer one."""
    await session.execute(_APPLY, {**event.data.model_dump(), "sequence": event.sequence})
