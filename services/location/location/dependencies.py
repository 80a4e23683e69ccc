"""What routes ask for in their signatures."""

from typing import Annotated

from ecatalog.db.database import Database
from ecatalog.security.permissions import EDITORS, Permission, Principal
from fastapi import Depends, Request

from location.settings import LocationSettings

# To others there are no positions at all: clients take a 403 for "signed out".
WATCHERS = Permission("agent", EDITORS | {"agent"}, hidden=True)


def _database(request: Request) -> Database:
    database: Database = request.app.state.database
    return database


def _settings(request: Request) -> LocationSettings:
    settings: LocationSettings = request.app.state.settings
    return settings


Watcher = Annotated[Principal, Depends(WATCHERS)]
Db = Annotated[Database, Depends(_database)]
SettingsDep = Annotated[LocationSettings, Depends(_settings)]
