"""The answer of an agent's day."""

from pydantic import BaseModel, Field


class TrackPoint(BaseModel):
    """Degrees, metres a second, metres, per cent; 0 where nothing was sent. ``time`` is UTC."""

    lat: float
    lng: float
    speed: float
    acc: float
    bat: float
    time: str


class StopOut(BaseModel):
    """Where an agent stayed; ``duration`` in seconds."""

    lat: float
    lng: float
    start: str = Field(alias="from")
    end: str = Field(alias="to")
    duration: float


class Trajectory(BaseModel):
    """An agent's day, oldest point first; what has a default comes only when it is asked for."""

    agent_code: str
    date: str
    points_count: int
    points: list[TrackPoint]
    visits: list[str]
    distance: float | None = None
    moving_time: float | None = None
    stops: list[StopOut] | None = None
    jumps: list[TrackPoint] | None = None
