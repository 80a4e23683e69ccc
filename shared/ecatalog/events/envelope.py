"""The CloudEvents 1.0 envelope of every message."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Generic, TypeVar
from uuid import UUID

import orjson

from ecatalog.contracts.base import REGISTRY, EventData, EventType

D = TypeVar("D", bound=EventData)

MAX_MESSAGE_BYTES = 512 * 1024


@dataclass(frozen=True)
class Event(Generic[D]):
    """A received event. ``sequence`` grows with each change of the owner; an older one never overwrites a newer."""

    id: UUID
    type: str
    subject: str
    sequence: int
    data: D
    request_id: str = ""
    traceparent: str = ""


def encode(
    kind: EventType[Any],
    *,
    event_id: UUID,
    key: str,
    sequence: int,
    time: datetime,
    data: bytes,
    request_id: str = "",
    traceparent: str = "",
) -> bytes:
    """The message body; ``data`` is JSON already and is passed through as it is."""
    head = {
        "specversion": "1.0",
        "id": str(event_id),
        "source": kind.source,
        "type": kind.name,
        "subject": key,
        "time": time,
        "datacontenttype": "application/json",
        "dataschema": kind.dataschema,
        "sequence": str(sequence),
    }
    if request_id:
        head["requestid"] = request_id
    if traceparent:
        head["traceparent"] = traceparent
    return orjson.dumps(head)[:-1] + b',"data":' + data + b"}"


class UnknownType(ValueError):
    """A message whose type this version does not know."""


def decode(body: bytes) -> Event[Any]:
    """The event in a message body; raises ValueError for anything that is not one of ours."""
    raw = orjson.loads(body)
    kind = REGISTRY.get(raw["type"])
    if kind is None:
        raise UnknownType(raw["type"])
    return Event(
        id=UUID(raw["id"]),
        type=raw["type"],
        subject=raw.get("subject", ""),
        sequence=int(raw.get("sequence", 0)),
        data=kind.model.model_validate(raw["data"]),
        request_id=raw.get("requestid", ""),
        traceparent=raw.get("traceparent", ""),
    )
