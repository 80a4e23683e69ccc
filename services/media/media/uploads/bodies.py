"""Reads requests with pictures, and bounds their size while they are read."""

from typing import Any, TypeVar

from ecatalog.core.errors import FieldErrors, TooLarge, UnsupportedMediaType
from ecatalog.http.body import MULTIPART, REQUIRED, Body
from fastapi import Request
from pydantic import BaseModel
from starlette.datastructures import FormData
from starlette.types import Message, Receive

from media.dependencies import upload_limit
from media.uploads.fields import NO_FILE

M = TypeVar("M", bound=BaseModel)

PIECE = 128 * 1024


class UploadBody(Body[M]):
    """A body that may hold a picture, named ``image``."""

    async def __call__(self, request: Request) -> M:
        limit = upload_limit(request)
        if int(request.headers.get("content-length") or 0) > limit:
            raise TooLarge
        return await super().__call__(Request(request.scope, _counted(request.receive, limit)))

    def validate(self, data: Any) -> M:
        try:
            return super().validate(data)
        except FieldErrors as error:
            if error.body.get("image") == [REQUIRED]:
                error.body["image"] = [NO_FILE]
            raise


class BulkBody(UploadBody[M]):
    """A form with any number of pictures, named ``images``."""

    def _from_form(self, form: FormData) -> dict[str, Any]:
        data = super()._from_form(form)
        return data | ({"images": form.getlist("images")} if "images" in form else {})


class MultipartBody(BulkBody[M]):
    """A form that must be multipart."""

    async def __call__(self, request: Request) -> M:
        content_type = request.headers.get("content-type", "")
        if not content_type.lower().startswith(MULTIPART):
            raise UnsupportedMediaType(content_type)
        return await super().__call__(request)


def _counted(receive: Receive, limit: int) -> Receive:
    """Receive a body in larger pieces: the parser of forms hands each of them to a thread that writes it."""
    size = 0

    async def counting() -> Message:
        nonlocal size
        parts: list[bytes] = []
        gathered = 0
        while True:
            message = await receive()
            parts.append(message.get("body", b""))
            gathered += len(parts[-1])
            if size + gathered > limit:
                raise TooLarge
            if gathered >= PIECE or not message.get("more_body"):
                size += gathered
                return {**message, "body": b"".join(parts)}

    return counting
