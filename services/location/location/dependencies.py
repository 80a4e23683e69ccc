"""What routes ask for in their signatures."""

from typing import Annotated

from ecatalog.http.dependencies import from_app
from ecatalog.security.permissions import EDITORS, Permission, Principal
from fastapi import Depends

from location.settings import LocationSettings

# To others there are no positions at all: clients take a 403 for "signed out".
WATCHERS = Permission("agent", EDITORS | {"agent"}, hidden=True)

Watcher = Annotated[Principal, Depends(WATCHERS)]
SettingsDep = Annotated[LocationSettings, Depends(from_app("settings"))]
