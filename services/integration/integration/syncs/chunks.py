"""The division of a list into chunks."""

from collections.abc import Sequence
from typing import NamedTuple

# Messages must stay below 512 KB, and so must a result in which every row of the chunk failed: its code is in the
# row already, the reason and the punctuation are what each row counts on top of its own bytes.
MAX_BYTES = 400 * 1024
ROW_OVERHEAD = 200


class ChunkSpan(NamedTuple):
    """The positions of a chunk's first and last row."""

    first: int
    last: int


class ChunkBounds:
    """Gives each row its position and divides the list by rows and by bytes, always at the same positions."""

    def __init__(self, max_rows: int) -> None:
        self._max_rows = max_rows
        self._spans: list[ChunkSpan] = []
        self._first = 0
        self._bytes = 0
        self.count = 0

    def add_together(self, sizes: Sequence[int]) -> None:
        """Add rows that must come in one chunk, whatever their number."""
        cost = sum(sizes) + ROW_OVERHEAD * len(sizes)
        if self.count - self._first + len(sizes) > self._max_rows or self._bytes + cost > MAX_BYTES:
            self.close()
        self._bytes += cost
        self.count += len(sizes)

    def add(self, size: int) -> int:
        """Return the position of the next row, whose JSON has ``size`` bytes."""
        cost = size + ROW_OVERHEAD
        if self.count - self._first >= self._max_rows or self._bytes + cost > MAX_BYTES:
            self.close()
        self._bytes += cost
        self.count += 1
        return self.count - 1

    def spans(self) -> list[ChunkSpan]:
        """Return the chunks so far, the last row included."""
        return [*self._spans, ChunkSpan(self._first, self.count - 1)] if self.count > self._first else self._spans

    def close(self) -> None:
        """End the present chunk."""
        if self.count > self._first:
            self._spans.append(ChunkSpan(self._first, self.count - 1))
        self._first, self._bytes = self.count, 0
