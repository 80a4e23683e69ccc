"""Keeps files behind one interface: in a folder of this machine or in a store that speaks S3."""

from collections.abc import AsyncIterator, Sequence
from contextlib import AbstractAsyncContextManager
from datetime import datetime
from pathlib import Path
from typing import NamedTuple, Protocol


class Stored(NamedTuple):
    """A stored file in a listing."""

    key: str
    modified: datetime


class Missing(Exception):
    """Nothing is stored under this key."""


class Unreachable(ConnectionError):
    """The store does not answer, or not as it should; nothing is known of the file."""


class Storage(Protocol):
    """Files by key; a key is a path of plain names. What ``put`` has stored survives a power cut.

    A store elsewhere raises :class:`Unreachable`.
    A prefix ends in a slash.
    """

    async def put(self, prefix: str, folder: Path, names: Sequence[str]) -> None:
        """Store these files of a folder below a prefix; they are synced to the disk, and the folder may lose them."""

    async def missing(self, prefix: str, names: Sequence[str]) -> list[str]:
        """Return the names that are not stored below a prefix."""

    async def size(self, key: str) -> int | None:
        """Return the number of bytes of a file, or None when it is not stored."""

    def read(self, key: str, start: int, end: int) -> AsyncIterator[bytes]:
        """Read the bytes from ``start`` up to ``end``; raises :class:`Missing`."""

    def local(self, key: str, folder: Path) -> AbstractAsyncContextManager[Path]:
        """Give the file as one of this machine, fetched into ``folder`` if need be; raises :class:`Missing`."""

    async def delete(self, prefix: str) -> None:
        """Delete everything below a prefix."""

    def everything(self) -> AsyncIterator[Stored]:
        """List all files."""
