"""Receives uploads: copies them to our own disk and has the pool check them, so that they can be stored."""

import asyncio
import shutil
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from ecatalog.core.errors import Unavailable
from ecatalog.telemetry.logging import logger
from starlette.datastructures import UploadFile

from media.pictures.pool import Checked, NotAPicture, Overwhelmed, PicturePool, TooMuch
from media.storage.scratch import Scratch
from media.uploads.fields import problem_of
from media.uploads.names import other_kind, stem_of

log = logger(__name__)

NOT_AN_IMAGE = "Upload a valid image. The file you uploaded was either not an image or a corrupted image."
NAMED_AS_IMAGES = ("apng", "avif", "gif", "jfif", "jpe", "jpeg", "jpg", "png", "webp")
"""The endings that a refusal names; any other that does not mean another kind of file is accepted too."""
ENDINGS = {"JPEG": "jpg", "PNG": "png", "WEBP": "webp", "GIF": "gif", "AVIF": "avif"}
PIECE = 128 * 1024


@dataclass(frozen=True)
class Received:
    """A picture that passed the check; its original and thumbnail lie in ``folder``."""

    checked: Checked
    folder: Path
    stem: str

    @property
    def ending(self) -> str:
        return ENDINGS[self.checked.format]


class Refusal(Exception):
    """An upload that is refused; the text is for the client."""


class UploadReceiver:
    """Receives uploads of at most ``max_bytes`` each."""

    def __init__(self, pool: PicturePool, scratch: Scratch, max_bytes: int) -> None:
        self._pool = pool
        self._scratch = scratch
        self._max_bytes = max_bytes

    @asynccontextmanager
    async def receive(self, uploads: Sequence[UploadFile]) -> AsyncIterator[list[Received | Refusal]]:
        """Check each upload; the files that were written for them are removed after the context."""
        async with self._scratch.job() as folder:
            folders = [folder / str(number) for number in range(len(uploads))]
            yield list(await asyncio.gather(*map(self._look, uploads, folders)))

    async def _look(self, upload: UploadFile, folder: Path) -> Received | Refusal:
        try:
            return await self._receive(upload, folder)
        except Refusal as refusal:
            return refusal

    async def _receive(self, upload: UploadFile, folder: Path) -> Received:
        if problem := problem_of(upload):
            raise Refusal(problem)
        if (upload.size or 0) > self._max_bytes:
            raise Refusal(f"Ensure this file has at most {self._max_bytes // 1024 // 1024} MB.")
        source = folder / "upload"
        await asyncio.to_thread(_copy, upload.file, source)
        try:
            checked = await self._pool.check(source, folder)
        except TooMuch as error:
            raise Refusal(str(error)) from error
        except NotAPicture as error:
            log.info("an upload was refused", reason=str(error))
            raise Refusal(NOT_AN_IMAGE) from error
        except Overwhelmed as error:
            raise Unavailable from error
        if ending := other_kind(upload.filename or ""):
            allowed = ", ".join(NAMED_AS_IMAGES)
            raise Refusal(f"File extension “{ending}” is not allowed. Allowed extensions are: {allowed}.")
        return Received(checked, folder, stem_of(upload.filename or ""))


def _copy(source: BinaryIO, target: Path) -> None:
    target.parent.mkdir()
    source.seek(0)
    with target.open("wb") as file:
        shutil.copyfileobj(source, file, PIECE)
