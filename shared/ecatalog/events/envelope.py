"""The CloudEvents 1.0 envelope of every message."""

from datetime import datetime
from functools import cached_property
from typing import Any, Generic, TypeVar, cast
from uuid import UUID

import orjson

from ecatalog.contracts.base import REGISTRY, EventData, EventType

D = TypeVar("D", bound=EventData)

MAX_MESSAGE_BYTES = 512 * 1024


class Event(Generic[D]):
    """A received event. ``sequence`` grows with each change of the owner; an older one never overwrites a newer.

    ``data`` is validated when it is first read; ``raw`` is the JSON that came, for readers which only hand its many
    rows to the database.
    """

    def __init__(
        self,
        id: UUID,
        type: str,
        subject: str,
        sequence: int,
        data: D | dict[str, Any],
        request_id: str = "",
        traceparent: str = "",
    ) -> None:
        self.id = id
        self.type = type
        self.subject = subject
        self.sequence = sequence
        self.request_id = request_id
        self.traceparent = traceparent
        self._data = data

    @cached_property
    def data(self) -> D:
        """Raises ValueError when what came is not what the contract says."""
        if isinstance(self._data, EventData):
            return self._data
        return cast(D, REGISTRY[self.type].model.model_validate(self._data))

    @property
    def raw(self) -> dict[str, Any]:
        return self._data.model_dump(mode="json") if isinstance(self._data, EventData) else self._data


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
    """Return the message body; ``data`` is JSON already and is passed through as it is."""
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
    """Return the event in a message body. Raises :class:`UnknownType`, or ValueError for what is no event at all."""
    try:
        return _event(orjson.loads(body))
    except (KeyError, TypeError, AttributeError) as error:
        raise ValueError(f"not an event: {type(error).__name__} {error}") from error


def _event(raw: dict[str, Any]) -> Event[Any]:
    if raw["type"] not in REGISTRY:
        raise UnknownType(raw["type"])
    return Event(
        id=UUID(raw["id"]),
        type=raw["type"],
        subject=raw.get("subject", ""),
        sequence=int(raw.get("sequence", 0)),
        data=raw["data"],
        request_id=raw.get("requestid", ""),
        traceparent=raw.get("traceparent", ""),
    )
