from typing import NamedTuple


class Broken(ValueError):
    """The file is not what its first bytes promise, or ends too early."""


class Stripped(NamedTuple):
    """The file's bytes without metadata, and how many frames it has."""

    body: bytes
    frames: int = 1
