"""What routes ask for in their signatures."""

from typing import Annotated

from ecatalog.db.database import Database
from ecatalog.projections.projects import Catalog
from fastapi import Depends, Request

from integration.settings import IntegrationSettings


def _database(request: Request) -> Database:
    database: Database = request.app.state.database
    return database


def _settings(request: Request) -> IntegrationSettings:
    settings: IntegrationSettings = request.app.state.settings
    return settings


def _catalog(request: Request) -> Catalog:
    return Catalog(request.app.state.client, _settings(request).catalog_url)


Db = Annotated[Database, Depends(_database)]
SettingsDep = Annotated[IntegrationSettings, Depends(_settings)]
CatalogDep = Annotated[Catalog, Depends(_catalog)]
