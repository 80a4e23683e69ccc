from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

import pytest
from media.renditions.job import RENDER

KEEP_SUCCEEDED = RENDER.keep_succeeded


@contextmanager
def keeping(keep_succeeded: timedelta | None) -> Iterator[None]:
    """Jobs that succeed are kept for so long, None is for ever, while the context lasts."""
    before = RENDER.keep_succeeded
    object.__setattr__(RENDER, "keep_succeeded", keep_succeeded)
    try:
        yield
    finally:
        object.__setattr__(RENDER, "keep_succeeded", before)


@pytest.fixture(autouse=True)
def keep() -> Iterator[None]:
    """A job that succeeded can be looked at."""
    with keeping(None):
        yield
