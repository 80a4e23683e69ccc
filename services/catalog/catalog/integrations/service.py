"""Keeps the projection of integrations."""

from ecatalog.contracts.integration import IntegrationChanged
from ecatalog.db.pool import Transaction
from ecatalog.db.sql import execute
from ecatalog.events.envelope import Event

TABLES = frozenset({"integration"})

_APPLY = """
    insert into integration (integration_id, project_id, is_active, is_deleted, sequence)
    values (%(integration_id)s, %(project_id)s, %(is_active)s, %(is_deleted)s, %(sequence)s)
    on conflict (integration_id) do update
       set project_id = excluded.project_id, is_active = excluded.is_active, is_deleted = excluded.is_deleted,
           sequence = excluded.sequence
     where integration.sequence < excluded.sequence
"""


async def apply(connection: Transaction, event: Event[IntegrationChanged]) -> None:
    """Store an integration as the event shows it; an older event never overwrites a newer one."""
    await execute(connection, _APPLY, {**event.data.model_dump(), "sequence": event.sequence})
