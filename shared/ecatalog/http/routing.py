"""Routes and dispatches without FastAPI's ceremony, which costs more than most of our endpoints do."""

import inspect
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any

from fastapi import Request, Response
from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute
from starlette.types import ASGIApp, Receive, Scope, Send

Handler = Callable[[Request], Awaitable[Response]]
ErrorHandlers = Mapping[Any, Callable[[Request, Exception], Any]]


class LeanRoute(APIRoute):
    """Is a route whose endpoint takes ``request``, values from the path, and dependencies of the request alone.

    Those are what a signature of ours names: a permission, a body, and what ``dependencies`` declares. Use it as an
    ``APIRouter``'s ``route_class``; an endpoint that needs more of FastAPI is refused when it is declared, and so is a
    dependency that itself needs anything but the request.
    """

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self.answer = self._lean_handler()

    def _lean_handler(self) -> Handler:
        dependant = self.dependant
        if _takes_values(dependant):
            raise TypeError(f"{self.path}: a lean route takes its query and body by dependencies of the request")
        for one in dependant.dependencies:
            if one.dependencies or one.path_params or _takes_values(one):
                raise TypeError(f"{self.path}: {one.call!r} needs more than the request")
        endpoint: Any = self.endpoint
        request_name = dependant.request_param_name
        names = [one.name for one in dependant.path_params]
        dependencies = [(one.name, one.call, _is_awaited(one.call)) for one in dependant.dependencies]

        async def answer(request: Request) -> Response:
            arguments: dict[str, Any] = {name: request.path_params[name] for name in names}
            for name, call, is_awaited in dependencies:
                value: Any = call(request)  # type: ignore[misc]  # a dependency always has something to call
                if is_awaited:
                    value = await value
                if name:
                    arguments[name] = value
            if request_name:
                arguments[request_name] = request
            response: Response = await endpoint(**arguments)
            return response

        return answer


def _takes_values(dependant: Dependant) -> bool:
    """Return whether FastAPI would have to read values out of the request."""
    return bool(dependant.query_params or dependant.body_params or dependant.header_params or dependant.cookie_params)


def _is_awaited(call: Any) -> bool:
    """Return whether a dependency is a coroutine function, or an object that is called like one."""
    return inspect.iscoroutinefunction(call) or inspect.iscoroutinefunction(type(call).__call__)


class LeanDispatch:
    """Is an ASGI layer that calls lean routes itself; everything else is left to the application below."""

    def __init__(self, app: ASGIApp, routes: Sequence[Any], error_handlers: ErrorHandlers) -> None:
        self._app = app
        self._error_handlers = error_handlers
        self._routes: dict[str, list[tuple[str, LeanRoute]]] = {}
        for route in routes:
            if isinstance(route, LeanRoute):
                for method in route.methods or ():
                    beginning = route.path.partition("{")[0]
                    self._routes.setdefault(method, []).append((beginning, route))

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        route = self._match(scope) if scope["type"] == "http" else None
        if route is None:
            await self._app(scope, receive, send)
            return
        request = Request(scope, receive, send)
        try:
            response = await route.answer(request)
        except Exception as error:
            response = await self._handler(error)(request, error)
        await response(scope, receive, send)

    def _match(self, scope: Scope) -> LeanRoute | None:
        path = scope["path"]
        for beginning, route in self._routes.get(scope["method"], ()):
            # Most routes are ruled out by their beginning, which costs less than their pattern.
            if path.startswith(beginning) and (found := route.path_regex.match(path)):
                convertors = route.param_convertors
                values = found.groupdict().items()
                scope["path_params"] = {name: convertors[name].convert(value) for name, value in values}
                scope["route"] = route
                return route
        return None

    def _handler(self, error: Exception) -> Callable[[Request, Exception], Any]:
        """Return the application's own handler of such an error; without one the error goes on."""
        for kind in type(error).__mro__:
            if kind in self._error_handlers:
                return self._error_handlers[kind]
        raise error
