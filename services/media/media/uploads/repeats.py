"""Recognizes an upload that is sent again by its fields and by the content of its files."""

import asyncio
from hashlib import blake2b
from typing import Any

from ecatalog.http.idempotency import Key, SentKey
from pydantic import BaseModel
from starlette.datastructures import UploadFile

PIECE = 128 * 1024


async def upload_key(sent: SentKey, user_id: int, body: BaseModel) -> Key | None:
    """Return the ``Idempotency-Key`` of an upload, or None, without reading a file; raises 400 for a bad one."""
    if sent.value is None:
        return None
    fields = {name: await asyncio.to_thread(_said, value) for name, value in body}
    return sent.of(user_id, fields | {"?": sent.query})


def _said(value: Any) -> Any:
    if isinstance(value, list):
        return [_said(one) for one in value]
    return [value.filename, _digest(value)] if isinstance(value, UploadFile) else value


def _digest(upload: UploadFile) -> str:
    digest = blake2b(digest_size=16)
    upload.file.seek(0)
    while piece := upload.file.read(PIECE):
        digest.update(piece)
    return digest.hexdigest()
