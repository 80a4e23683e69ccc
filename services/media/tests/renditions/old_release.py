"""Pictures of the release before jobs, in each state."""

from pathlib import Path

from media.files.service import ORIGINAL, prefix_of

from ..builders import picture

BEFORE_JOBS = "0007"
# Waiting; at work, and half made; failed twice; broken, and to be tried a last time; given up; and rendered.
FILES = """
    insert into file (sha256, format, width, height, size, thumbnail_size, is_rendered, attempts, next_attempt, error)
    values (repeat('1', 64), 'JPEG', 40, 30, 1, 1, false, 0, now(), null),
           (repeat('2', 64), 'JPEG', 40, 30, 1, 1, false, 1, now() + interval '30 s', null),
           (repeat('3', 64), 'JPEG', 40, 30, 1, 1, false, 2, now() + interval '4 s', null),
           (repeat('4', 64), 'JPEG', 40, 30, 1, 1, false, 4, now() - interval '1 s', null),
           (repeat('5', 64), 'JPEG', 40, 30, 1, 1, false, 5, now() - interval '1 s', 'NotAPicture: broken'),
           (repeat('6', 64), 'JPEG', 40, 30, 1, 1, true, 1, now() - interval '1 s', null)
"""
ENDED = [("succeeded", 0), ("succeeded", 1), ("succeeded", 2), ("failed", 5), ("failed", 5)]
"""Status and failures of the jobs of those that were not rendered."""
NO_PAUSES = "update job set scheduled_at = now() where status = 'todo' returning id"


def store_all(folder: Path) -> None:
    """The files of those that are not rendered."""
    for number in (1, 2, 3):
        _store(folder, number, ORIGINAL, picture())
    _store(folder, 2, "md.jpg", picture(600, 600))
    _store(folder, 4, ORIGINAL, b"broken by a bad disk")


def _store(folder: Path, digit: int, name: str, body: bytes) -> None:
    path = folder / prefix_of(str(digit) * 64) / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(body)
