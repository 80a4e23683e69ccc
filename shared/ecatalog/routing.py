"""Routes that skip FastAPI's resolving of dependencies, which costs more than most of our endpoints."""

import inspect
from collections.abc import Awaitable, Callable
from typing import Any

from fastapi import Request, Response
from fastapi.routing import APIRoute
from starlette.types import Receive, Scope, Send

Handler = Callable[[Request], Awaitable[Response]]


class LeanRoute(APIRoute):
    """A route whose endpoint takes ``request``, text from the path, and dependencies that are made from the request.

    Those are what a signature of ours names: a permission, a body, a query. Use it as an ``APIRouter``'s
    ``route_class``; an endpoint that needs more of FastAPI is refused when it is declared.
    """

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        handle = self._lean_handler()

        async def answer(scope: Scope, receive: Receive, send: Send) -> None:
            request = Request(scope, receive, send)
            response = await handle(request)
            await response(scope, receive, send)

        self.app = answer

    def _lean_handler(self) -> Handler:
        dependant = self.dependant
        if dependant.query_params or dependant.body_params or dependant.header_params or dependant.cookie_params:
            raise TypeError(f"{self.path}: a lean route takes its query and body by dependencies of the request")
        endpoint: Any = self.endpoint
        request_name = dependant.request_param_name
        dependencies = [(one.name, one.call) for one in dependant.dependencies]

        async def handle(request: Request) -> Response:
            arguments: dict[str, Any] = dict(request.path_params)
            for name, call in dependencies:
                value = call(request)  # type: ignore[misc]  # a dependency always has something to call
                if inspect.isawaitable(value):
                    value = await value
                if name:
                    arguments[name] = value
            if request_name:
                arguments[request_name] = request
            response: Response = await endpoint(**arguments)
            return response

        return handle
