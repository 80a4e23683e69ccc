"""The answer of counts by region."""

from datetime import date

from pydantic import BaseModel, Field


class Period(BaseModel):
    """Whole days, both inclusive."""

    first: date = Field(alias="from")
    last: date = Field(alias="to")


class RegionActivity(BaseModel):
    region: str
    points_count: int


class RegionalActivity(BaseModel):
    period: Period
    agent_code: str | None
    regions: list[RegionActivity]
    total_points: int
    total_visits: int
