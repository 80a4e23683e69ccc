from typing import Annotated

from ecatalog.caching.etag import json_response
from ecatalog.http.body import Body
from ecatalog.http.dependencies import BaseUrl, Db, IfMatch
from ecatalog.security.permissions import SignedIn, Staff
from fastapi import APIRouter, Depends, Request, Response

from integration.dependencies import CatalogDep, SettingsDep
from integration.integrations import service
from integration.integrations.dependencies import NewIntegration
from integration.integrations.schemas import IntegrationIn, IntegrationOut

router = APIRouter(prefix="/api/v1/integration", tags=["integration"])

Created = Annotated[IntegrationIn, Depends(NewIntegration(IntegrationIn))]
Replaced = Annotated[IntegrationIn, Depends(Body(IntegrationIn, optional=frozenset({"project", "wsdl_url"})))]
Changed = Annotated[IntegrationIn, Depends(Body(IntegrationIn, partial=True))]


@router.get("/", summary="All integrations, newest first", response_model=list[IntegrationOut])
async def list_integrations(request: Request, _: SignedIn, database: Db, base: BaseUrl) -> Response:
    """Connections to 1C; nothing is told of their logins."""
    return json_response(request, await service.list_all(database, base))


@router.post("/", status_code=201, summary="Make an integration", response_model=IntegrationOut)
async def create_integration(
    request: Request, user: Staff, given: Created, database: Db, settings: SettingsDep, catalog: CatalogDep,
    base: BaseUrl,
) -> Response:  # fmt: skip
    """`project` is the id or the code of the project that its rows belong to; the password is never shown again."""
    made = await service.create(database, given, settings.encryption, catalog, base, user.user_id)
    return json_response(request, made, 201)


@router.get("/{integration_id:int}/", summary="One integration", response_model=IntegrationOut)
async def read_integration(request: Request, _: SignedIn, integration_id: int, database: Db, base: BaseUrl) -> Response:
    """`has_password` tells whether one is stored."""
    return json_response(request, await service.read(database, integration_id, base))


@router.put(
    "/{integration_id:int}/",
    summary="Replace an integration; fields left out keep their value",
    response_model=IntegrationOut,
)
async def replace_integration(
    request: Request, user: Staff, integration_id: int, given: Replaced, database: Db, settings: SettingsDep,
    catalog: CatalogDep, if_match: IfMatch, base: BaseUrl,
) -> Response:  # fmt: skip
    """Fields that are left out keep their values, the password too."""
    changed = await service.change(
        database, integration_id, given, settings.encryption, catalog, if_match, base, user.user_id
    )
    return json_response(request, changed)


@router.patch("/{integration_id:int}/", summary="Change an integration", response_model=IntegrationOut)
async def change_integration(
    request: Request, user: Staff, integration_id: int, given: Changed, database: Db, settings: SettingsDep,
    catalog: CatalogDep, if_match: IfMatch, base: BaseUrl,
) -> Response:  # fmt: skip
    """Only what is sent changes."""
    changed = await service.change(
        database, integration_id, given, settings.encryption, catalog, if_match, base, user.user_id
    )
    return json_response(request, changed)


@router.delete("/{integration_id:int}/", status_code=204, summary="Delete an integration")
async def delete_integration(_: Staff, integration_id: int, database: Db) -> Response:
    """It is hidden; what it brought stays."""
    await service.delete(database, integration_id)
    return Response(status_code=204)
