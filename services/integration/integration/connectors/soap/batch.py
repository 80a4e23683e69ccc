"""The rows that a source yields, and what is counted beside them."""

from dataclasses import dataclass, field

from integration.mappings.rows import RejectedRow, SourceRow
from integration.mappings.targets import Stream

Kind = Stream


@dataclass(slots=True)
class Batch:
    """Rows of one list of the answer, by the list's number."""

    of_list: int
    rows: list[SourceRow] = field(default_factory=list)
    rejected: list[RejectedRow] = field(default_factory=list)

    def __len__(self) -> int:
        return len(self.rows) + len(self.rejected)


@dataclass(slots=True)
class Counters:
    """The numbers of one reading. ``bytes_received`` counts the wire, ``bytes_read`` after decompression."""

    bytes_received: int = 0
    bytes_read: int = 0
    control_characters: int = 0
    rows: int = 0
    rejected: int = 0
