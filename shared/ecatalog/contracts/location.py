"""Events of location (internal)."""

from ecatalog.contracts.base import EventData, event_type


class AgentMoved(EventData):
    """An agent's newest position. Degrees, metres, metres a second, per cent; ``fixed_at`` is ISO 8601 with offset.

    ``is_suspect``: the fix cannot be meant, and the agent has no other.
    """

    agent_code: str
    latitude: str
    longitude: str
    fixed_at: str
    point_id: int | None = None
    agent_name: str = ""
    agent_phone: str = ""
    region: str = ""
    accuracy: str | None = None
    speed: str | None = None
    heading: str | None = None
    battery_level: str | None = None
    is_suspect: bool = False
    suspect_reason: str | None = None


AGENT_MOVED = event_type("location", "agent.moved", AgentMoved, public=False)
