"""A file as its readers see it: a name, and bytes that can be read from the beginning as often as wanted."""

from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from typing import Protocol

from integration.connectors.errors import Cause, SourceError

PIECE = 64 * 1024
LARGEST_FILE = 2 * 1024**3


class Readable(Protocol):
    """All that is needed of an open file."""

    def read(self, size: int, /) -> bytes: ...

    def close(self) -> None: ...


@dataclass(frozen=True, slots=True)
class Document:
    """A file or a member of an archive. ``open`` gives its bytes from the first on, each time it is called."""

    name: str
    open: Callable[[], Readable]

    def pieces(self) -> Iterator[bytes]:
        """Yield the bytes piece by piece; raises a SourceError beyond the largest size."""
        size = 0
        with closing(self.open()) as file:
            while piece := file.read(PIECE):
                size += len(piece)
                if size > LARGEST_FILE:
                    raise SourceError(
                        f'The file "{self.name}" is larger than {LARGEST_FILE // 2**30} GB', Cause.TOO_LARGE
                    )
                yield piece
