"""What this service does with other services' events."""

from ecatalog.contracts.catalog import PROJECT_CHANGED, ProjectChanged
from ecatalog.events.consumer import Handlers
from ecatalog.events.envelope import Event
from sqlalchemy.ext.asyncio import AsyncSession

from auth.projects import service as projects


async def project_changed(session: AsyncSession, event: Event[ProjectChanged]) -> None:
    await projects.apply(session, event.data.rows, event.sequence)


HANDLERS: Handlers = {PROJECT_CHANGED: project_changed}
