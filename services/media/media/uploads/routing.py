"""Routes that read uploads let go of their files in the end, however the request ends."""

from collections.abc import Callable, Coroutine
from typing import Any

from fastapi import Request, Response
from fastapi.routing import APIRoute

from media.uploads.bodies import READ


class UploadRoute(APIRoute):
    """Use it as an ``APIRouter``'s ``route_class``."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        handle = super().get_route_handler()

        async def closing(request: Request) -> Response:
            try:
                return await handle(request)
            finally:
                read: Request | None = request.scope.pop(READ, None)
                if read is not None:
                    await read.close()

        return closing
