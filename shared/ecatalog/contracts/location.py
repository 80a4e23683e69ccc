"""Events of location (internal)."""

from ecatalog.contracts.base import EventData, event_type


class AgentMoved(EventData):
    """An agent's newest position. Degrees; ``fixed_at`` is ISO 8601 with offset."""

    agent_code: str
    latitude: str
    longitude: str
    fixed_at: str


AGENT_MOVED = event_type("location", "agent.moved", AgentMoved, public=False)
