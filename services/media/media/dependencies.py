"""The dependencies that only routes of this service have."""

from typing import Annotated

from ecatalog.http.dependencies import from_app
from fastapi import Depends, Request

from media.images.service import ImageContext
from media.renditions.service import Renderer
from media.settings import MEGABYTE, MediaSettings
from media.storage import Storage


class PathId:
    """Gives the id in a path to an endpoint that serves several paths, each with its own name for it."""

    def __init__(self, name: str) -> None:
        self._name = name
        self.parameters = [{"name": name, "in": "path", "required": True, "schema": {"type": "integer"}}]

    async def __call__(self, request: Request) -> int:
        row_id: int = request.path_params[self._name]
        return row_id


def upload_limit(request: Request) -> int:
    """Return the most bytes that a request with pictures may have."""
    settings: MediaSettings = request.app.state.settings
    return settings.max_upload_megabytes * MEGABYTE


async def _project_id(request: Request) -> int | None:
    """Return the project that tells owners of one code apart, for bodies that do not name it."""
    sent = request.query_params.get("project_id", "")
    return int(sent) if sent.isdecimal() else None


Images = Annotated[ImageContext, Depends(from_app("images"))]
Files = Annotated[Storage, Depends(from_app("storage"))]
Sizes = Annotated[Renderer, Depends(from_app("renderer"))]
ProjectId = Annotated[int | None, Depends(_project_id)]
