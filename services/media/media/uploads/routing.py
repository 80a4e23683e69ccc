"""Routes that read uploads let go of their files in the end, however the request ends."""

from collections.abc import Callable, Coroutine
from typing import Any

from ecatalog.body import FORM_READ
from fastapi import Request, Response
from fastapi.routing import APIRoute
from starlette.datastructures import FormData


class UploadRoute(APIRoute):
    """Use it as an ``APIRouter``'s ``route_class``."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        handle = super().get_route_handler()

        async def closing(request: Request) -> Response:
            try:
                return await handle(request)
            finally:
                form: FormData | None = request.scope.pop(FORM_READ, None)
                if form is not None:
                    await form.close()

        return closing
