from typing import Annotated

from ecatalog.caching.etag import json_response, require_match
from ecatalog.db.database import transaction_of
from ecatalog.http.body import Body
from ecatalog.http.dependencies import Db
from ecatalog.http.responses import Json
from ecatalog.projections.projects import Catalog, resolve
from ecatalog.security.permissions import SignedIn, Staff
from fastapi import APIRouter, Depends, Request, Response

from integration.connectors.soap import SourceError, check
from integration.dependencies import CatalogDep, SettingsDep
from integration.integrations import service
from integration.integrations.schemas import CheckOut, IntegrationIn, IntegrationOut

router = APIRouter(prefix="/api/v1/integration", tags=["integration"])

Created = Annotated[IntegrationIn, Depends(Body(IntegrationIn))]
Replaced = Annotated[IntegrationIn, Depends(Body(IntegrationIn, optional=frozenset({"project", "wsdl_url"})))]
Changed = Annotated[IntegrationIn, Depends(Body(IntegrationIn, partial=True))]


@router.get("/", summary="All integrations, newest first", response_model=list[IntegrationOut])
async def list_integrations(request: Request, _: SignedIn, database: Db) -> Response:
    """Connections to 1C; nothing is told of their logins."""
    return json_response(request, await service.list_all(database))


@router.post("/", status_code=201, summary="Make an integration", response_model=IntegrationOut)
async def create_integration(
    request: Request, _: Staff, given: Created, database: Db, settings: SettingsDep, catalog: CatalogDep
) -> Response:
    """`project` is the id or the code of the project that its rows belong to; the password is never shown again."""
    async with database.session() as session:
        project_id = await resolve(await transaction_of(session), given.project, catalog=catalog)
        created = await service.create(session, given, project_id, settings.encryption)
    return json_response(request, await service.read(database, created, hidden=True), 201)


@router.get("/{integration_id:int}/", summary="One integration", response_model=IntegrationOut)
async def read_integration(request: Request, _: SignedIn, integration_id: int, database: Db) -> Response:
    """`has_password` tells whether one is stored."""
    return json_response(request, await service.read(database, integration_id))


@router.put(
    "/{integration_id:int}/",
    summary="Replace an integration; fields left out keep their value",
    response_model=IntegrationOut,
)
async def replace_integration(
    request: Request,
    _: Staff,
    integration_id: int,
    given: Replaced,
    database: Db,
    settings: SettingsDep,
    catalog: CatalogDep,
) -> Response:
    """Fields that are left out keep their values, the password too."""
    return await _change(request, integration_id, given, database, settings, catalog)


@router.patch("/{integration_id:int}/", summary="Change an integration", response_model=IntegrationOut)
async def change_integration(
    request: Request,
    _: Staff,
    integration_id: int,
    given: Changed,
    database: Db,
    settings: SettingsDep,
    catalog: CatalogDep,
) -> Response:
    """Only what is sent changes."""
    return await _change(request, integration_id, given, database, settings, catalog)


async def _change(
    request: Request, integration_id: int, given: IntegrationIn, database: Db, settings: SettingsDep, catalog: Catalog
) -> Response:
    require_match(request.headers.get("if-match"), await service.read(database, integration_id))
    async with database.session() as session:
        integration = await service.load(session, integration_id)
        project_id = None
        if "project" in given.model_fields_set:
            project_id = await resolve(await transaction_of(session), given.project, catalog=catalog)
        await service.change(session, integration, given, project_id, settings.encryption)
    return json_response(request, await service.read(database, integration_id, hidden=True))


@router.delete("/{integration_id:int}/", status_code=204, summary="Delete an integration")
async def delete_integration(_: Staff, integration_id: int, database: Db) -> Response:
    """It is hidden; what it brought stays."""
    async with database.session() as session:
        await service.delete(session, await service.load(session, integration_id))
    return Response(status_code=204)


@router.post("/{integration_id:int}/check/", summary="Try the connection", response_model=CheckOut)
async def check_integration(_: Staff, integration_id: int, database: Db, settings: SettingsDep) -> Response:
    """Whether 1C answers, takes the login and has the operations; `cause` and `message` say what is wrong."""
    async with database.session() as session:
        integration = await service.load(session, integration_id)
    try:
        source = service.source_settings(integration, settings)
    except SourceError as error:
        return Json(CheckOut(ok=False, cause=error.cause, message=error.message, operations=[]).model_dump())
    found = await check(source, [integration.method_nomenklatura, integration.method_clients])
    return Json(
        CheckOut(ok=found.ok, cause=found.cause, message=found.message, operations=found.operations).model_dump()
    )
