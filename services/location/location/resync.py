"""``manage.py events resync`` republishes the positions of agents."""

from collections.abc import Sequence

from ecatalog.db.database import transaction_of
from ecatalog.events.resync import ResyncSource, Sources
from sqlalchemy.ext.asyncio import AsyncSession

from location.positions.publishing import publish_again


async def _republish(session: AsyncSession, agents: Sequence[str]) -> None:
    await publish_again(await transaction_of(session), agents)


SOURCES: Sources = {"positions": (ResyncSource("agent_position", _republish, key="agent_code"),)}
