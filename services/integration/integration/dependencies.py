"""Declares what routes take in their signatures."""

from typing import Annotated

from ecatalog.http.dependencies import from_app
from ecatalog.projections.projects import Catalog
from fastapi import Depends, Request

from integration.settings import IntegrationSettings


async def _catalog(request: Request) -> Catalog:
    return Catalog(request.app.state.client, request.app.state.settings.catalog_url)


SettingsDep = Annotated[IntegrationSettings, Depends(from_app("settings"))]
CatalogDep = Annotated[Catalog, Depends(_catalog)]
