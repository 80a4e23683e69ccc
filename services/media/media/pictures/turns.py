"""Large pictures are worked on one at a time, whatever process has them."""

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from media.pictures.limits import LARGE_PIXELS
from media.pictures.opening import open_picture


@contextmanager
def one_large_at_a_time(source: Path, lock: Path) -> Iterator[None]:
    """Wait for the turn of a picture that is large; raises what ``open_picture`` does."""
    with open_picture(source) as picture:
        is_large = picture.width * picture.height >= LARGE_PIXELS
    if not is_large:
        yield
        return
    with lock.open("wb") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield
