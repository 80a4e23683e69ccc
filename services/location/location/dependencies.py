"""The dependencies of routes that only this service has."""

from typing import Annotated

from ecatalog.http.dependencies import from_app
from ecatalog.security.permissions import EDITORS, Authenticator, Permission, Principal
from fastapi import Depends, Request

from location.points.batcher import InsertBatcher
from location.points.ownership import Owners
from location.positions.hub import Hub
from location.positions.stream import Allowed
from location.settings import LocationSettings

# To others there are no positions at all: clients take a 403 for "signed out".
WATCHERS = Permission("agent", EDITORS | {"agent"}, hidden=True)


async def _allowed(request: Request) -> Allowed:
    """Return a function that looks again at the rights of the user, while the answer goes on."""
    authenticator: Authenticator = request.app.state.authenticator
    authorization = request.headers.get("authorization")

    async def allowed() -> Principal:
        return WATCHERS.require(await authenticator.authenticate(authorization))

    return allowed


Watcher = Annotated[Principal, Depends(WATCHERS)]
StillAllowed = Annotated[Allowed, Depends(_allowed)]
SettingsDep = Annotated[LocationSettings, Depends(from_app("settings"))]
Batcher = Annotated[InsertBatcher, Depends(from_app("batcher"))]
KnownOwners = Annotated[Owners, Depends(from_app("owners"))]
Moves = Annotated[Hub, Depends(from_app("hub"))]
