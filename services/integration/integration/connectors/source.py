"""The protocol that every kind of source speaks, and what goes over it. Nothing here knows of any kind."""

from collections.abc import AsyncGenerator, Collection, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Protocol

Value = str | list[str]  # several of one name are a list
Child = Mapping[str, Value]


@dataclass(slots=True)
class Record:
    """One row of a stream, raw: its fields by the names that the source gives them, without the blanks around them.

    ``children`` are the lists inside it; one that is missing was not spoken of, an empty one is empty. ``place`` says
    where it stands in the source. ``is_derived`` marks a record that was made out of another one: it counts only where
    no record of its own has the key, and the first of several does. ``scope`` is the list of the source that it is of,
    as in :class:`Complete`.
    """

    key: str
    fields: dict[str, Value]
    children: dict[str, list[Child]]
    deleted: bool
    place: str
    is_derived: bool = False
    scope: str = ""


@dataclass(frozen=True, slots=True)
class Problem:
    """Something odd that did not stop the reading, and where it stands."""

    place: str
    message: str


class Completeness(StrEnum):
    YES = "yes"
    CHANGES = "changes"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Complete:
    """How much of a stream was read within a scope. Only where it is YES, what did not come is missing."""

    scope: str
    completeness: Completeness
    reason: str = ""


@dataclass(slots=True)
class Batch:
    """Records and problems of one stream; ``""`` is that of the problems of no stream.

    ``complete`` is told once for each scope, after all records of the stream.
    """

    stream: str
    records: list[Record] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    complete: list[Complete] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Capabilities:
    """The streams of a source. Whether its lists are full is ``told_by_source``, or else what we ask for."""

    streams: tuple[str, ...]
    told_by_source: bool


@dataclass(frozen=True, slots=True)
class SourceField:
    """A field of a stream, with an example and the number of records that fill it."""

    name: str
    sample: str
    filled: int


class Source(Protocol):
    """Reads raw records; what they become is the same for all kinds, and decided elsewhere."""

    def capabilities(self) -> Capabilities: ...

    async def fields(self, stream: str) -> list[SourceField]: ...

    def read(self, streams: Collection[str]) -> AsyncGenerator[Batch, None]:
        """Yield what stands in these streams, in the order of the source. All is read only when it ends by itself."""
