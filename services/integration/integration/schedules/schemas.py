from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Annotated, Any, Literal, get_args

from ecatalog.contracts.integration import SyncType
from ecatalog.core.clock import zone
from ecatalog.fields.types import Boolean, Choice, Integer, Json, Text, invalid
from ecatalog.jobs.schemas import WireStatus
from ecatalog.jobs.timing import NeverDue, check
from pydantic import BaseModel

from integration.syncs.args import Mode

STREAMS = get_args(SyncType)


@dataclass(frozen=True)
class Streams(Json):
    """A list of streams, at least one; they run in an order of our own, each once."""

    def clean(self, value: Any) -> list[str]:
        listed = super().clean(value)
        if not isinstance(listed, list):
            raise invalid(f'Expected a list of items but got type "{type(listed).__name__}".')
        if not listed:
            raise invalid("This list may not be empty.")
        wanted = {Choice(STREAMS).clean(item) for item in listed}
        return [stream for stream in STREAMS if stream in wanted]

    def schema(self) -> dict[str, Any]:
        return {"type": "array", "items": Choice(STREAMS).schema(), "minItems": 1}


@dataclass(frozen=True)
class Cron(Text):
    """Five fields of cron: minute, hour, day of the month, month, day of the week."""

    max_length: int = 100
    blank: bool = False

    def clean(self, value: Any) -> str:
        expression = super().clean(value)
        try:
            check(expression, datetime.now(UTC))
        except NeverDue as error:
            raise invalid(f"This is no cron expression of five fields: {error}.") from None
        return expression

    def schema(self) -> dict[str, Any]:
        return super().schema() | {"format": "cron"}


@dataclass(frozen=True)
class TimeZone(Text):
    max_length: int = 64
    blank: bool = False

    def clean(self, value: Any) -> str:
        name = super().clean(value)
        try:
            return zone(name).key
        except ValueError:
            raise invalid("This is not the name of a time zone, such as Asia/Tashkent.") from None

    def schema(self) -> dict[str, Any]:
        return super().schema() | {"format": "time-zone"}


class ScheduleIn(BaseModel):
    """What an administrator sends: either ``every_minutes`` or ``cron``.

    ``time_zone`` is the zone of this installation when it is not given. ``incremental`` is for sources that have a list
    of changes.
    """

    streams: Annotated[list[str], Streams()]
    mode: Annotated[str, Choice(get_args(Mode))] = "full"
    every_minutes: Annotated[int | None, Integer((1, 1440))] = None
    cron: Annotated[str | None, Cron()] = None
    time_zone: Annotated[str | None, TimeZone()] = None
    is_active: Annotated[bool, Boolean()] = True


class ScheduleOut(BaseModel):
    """A schedule as administrators see it.

    ``next_at`` is the due time that comes next, or that waits because its streams are at work or the integration is
    paused. ``last_at`` is when it started something last, ``last_status`` what became of that. ``missed`` counts due
    times that passed while nobody could start them.
    """

    id: int
    streams: list[Literal["nomenklatura", "clients"]]
    mode: Mode
    every_minutes: int | None
    cron: str | None
    time_zone: str
    is_active: bool
    next_at: str | None
    last_at: str | None
    last_status: WireStatus | None
    missed: int
    created_at: str
    updated_at: str
