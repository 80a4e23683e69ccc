"""The answers of agents and their current positions."""

from pydantic import BaseModel

from location.points.suspicion import Reason


class Agent(BaseModel):
    agent_code: str
    agent_name: str
    agent_phone: str


class CurrentPosition(BaseModel):
    """An agent's newest point by fix time. ``age`` in seconds; ``stale`` when that is more than usual.

    A fix that cannot be meant is shown, and marked, only as long as the agent has no other.
    """

    agent_code: str
    agent_name: str
    agent_phone: str
    region: str
    id: int
    latitude: str
    longitude: str
    accuracy: str | None
    speed: str | None
    heading: str | None
    battery_level: str | None
    fixed_at: str
    age: int
    stale: bool
    is_suspect: bool
    suspect_reason: Reason | None
