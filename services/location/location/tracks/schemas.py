from pydantic import BaseModel


class TrackPoint(BaseModel):
    """Degrees, metres a second, metres, per cent; 0 where nothing was sent. ``time`` is UTC."""

    lat: float
    lng: float
    speed: float
    acc: float
    bat: float
    time: str


class Trajectory(BaseModel):
    """An agent's day, oldest point first."""

    agent_code: str
    date: str
    points_count: int
    points: list[TrackPoint]
    visits: list[str]
