"""How much is received and kept, and why something is not."""

import shutil
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

MEGABYTE = 1024**2
LARGEST_PART = 16 * MEGABYTE
LARGEST_NAME = 255
SHARE_OF_DISK = 5
"""All that is kept may be as large as one of so many equal shares of what is free on the disk."""


class Excess(StrEnum):
    """What a file or a part of one has too much of, as a sentence."""

    PART = "The part is larger than 16 MB."
    NAME = "The name of the file is not allowed."
    FILE = "The file is larger than 2 GB."
    SET = "The files of one exchange are larger than 4 GB."
    FILES = "The files of one exchange are more than 200,000."
    KEPT = "The files of this integration take more space than is kept for them."
    DISK = "The disk has too little free space for these files."

    @property
    def is_of_storage(self) -> bool:
        """Return whether somebody has to make room, or to ask why so much is sent."""
        return self not in {Excess.PART, Excess.NAME}


class FileRefused(Exception):
    """A file, or a part of one, is not taken; nothing of it is kept."""

    def __init__(self, excess: Excess) -> None:
        super().__init__(excess.value)
        self.excess = excess


@dataclass(frozen=True)
class StorageLimits:
    """What may be kept, in bytes: of one integration ``kept``, of all a share of the disk that ``folder`` lies on."""

    folder: Path
    kept: int
    file: int = 2 * 1024 * MEGABYTE
    set: int = 4 * 1024 * MEGABYTE
    files: int = 200_000

    def share_of_disk(self) -> int:
        """Return how many bytes may be kept in all; for a thread: it asks the disk."""
        return shutil.disk_usage(self.folder).free // SHARE_OF_DISK
