"""The rows that a source yields, and what is counted beside them."""

from dataclasses import dataclass, field
from typing import Literal

Kind = Literal["nomenklatura", "clients"]


@dataclass(frozen=True, slots=True)
class SourceRecord:
    """Holds one clean row: its code, and a JSON object of only the columns that the source filled."""

    code: str
    payload: bytes  # decimals as text, dates as YYYY-MM-DD


@dataclass(frozen=True, slots=True)
class RejectedRecord:
    """A row that cannot be stored, with every reason. The code is None when the row has none."""

    code: str | None
    reason: str


@dataclass(slots=True)
class Batch:
    """Rows of one list of the answer, by the list's number."""

    of_list: int
    rows: list[SourceRecord] = field(default_factory=list)
    rejected: list[RejectedRecord] = field(default_factory=list)

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
