"""Declares what all published events share: how a type is named, where it travels and how its data looks."""

from dataclasses import dataclass
from typing import Generic, TypeVar

from pydantic import BaseModel, ConfigDict

D = TypeVar("D", bound="EventData")

REGISTRY: dict[str, "EventType[EventData]"] = {}


class EventData(BaseModel):
    """The ``data`` of an event. A reader ignores fields it does not know, so fields may be added."""

    model_config = ConfigDict(extra="ignore", frozen=True)


@dataclass(frozen=True)
class EventType(Generic[D]):
    """Declares one type of event.

    ``name`` is the CloudEvents type with its version (``ecatalog.catalog.project.changed.v1``), ``subject`` the
    NATS subject (below ``internal.`` when it is not for other people; a suffix such as a user's id may follow).
    Public and internal events travel in streams of their own, so that reading one never shows the other. A command
    asks for something to be done; unlike a fact it is never sent again once the broker took it.
    """

    name: str
    service: str
    subject: str
    model: type[D]
    public: bool
    is_command: bool = False

    @property
    def source(self) -> str:
        return f"/services/{self.service}"

    @property
    def stream(self) -> str:
        return stream_name(self.service, public=self.public)

    @property
    def dataschema(self) -> str:
        return f"/api/events/schemas/{self.name}/"


def stream_name(service: str, *, public: bool) -> str:
    return service.upper() if public else f"INTERNAL_{service.upper()}"


def event_type(
    service: str,
    noun: str,
    model: type[D],
    *,
    public: bool,
    version: int = 1,
    travels_as: str | None = None,
    is_command: bool = False,
) -> EventType[D]:
    """Declare and register ``ecatalog.<service>.<noun>.v<version>``; ``noun`` is like ``user.changed``.

    ``travels_as`` is the noun of its subject, where that is another: an older reader passes over a version that it does
    not know, so one that must not be passed over has a subject that only newer readers ask for.
    """
    subject = f"ecatalog.{service}.{travels_as or noun}"
    declared = EventType(
        name=f"ecatalog.{service}.{noun}.v{version}",
        service=service,
        subject=subject if public else f"internal.{subject}",
        model=model,
        public=public,
        is_command=is_command,
    )
    REGISTRY[declared.name] = declared  # type: ignore[assignment]  # EventType is covariant in its data
    return declared
