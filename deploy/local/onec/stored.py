"""Rendered rows are kept in a file that has no name, so that a million of them take no memory."""

import os
import tempfile
from array import array
from collections.abc import Iterable, Iterator

_ROWS_A_READ = 1000


class StoredRows:
    """Rows that can be read again and again, by several readers at once."""

    def __init__(self, rows: Iterable[bytes]) -> None:
        self._lengths = array("I")
        self._file = tempfile.TemporaryFile()  # noqa: SIM115 - it lives as long as this object
        for row in rows:
            self._lengths.append(len(row))
            self._file.write(row)
        self._file.flush()

    def close(self) -> None:
        self._file.close()

    def __len__(self) -> int:
        return len(self._lengths)

    def __iter__(self) -> Iterator[bytes]:
        offset = 0
        for first in range(0, len(self._lengths), _ROWS_A_READ):
            lengths = self._lengths[first : first + _ROWS_A_READ]
            piece = os.pread(self._file.fileno(), sum(lengths), offset)
            offset += len(piece)
            end = 0
            for length in lengths:
                yield piece[end : end + length]
                end += length
