from typing import Annotated

from ecatalog.caching.etag import json_response
from ecatalog.http.dependencies import Db, IfMatch
from ecatalog.security.permissions import Staff
from fastapi import APIRouter, Query, Request, Response

from integration.mappings import service
from integration.mappings.dependencies import GivenMapping, GivenRevert
from integration.mappings.presets import presets
from integration.mappings.schemas import MappingOut, PresetOut, VersionOut

router = APIRouter(tags=["integration"])

PATH = "/api/v1/integration/{integration_id:int}/mapping/"

Version = Annotated[int | None, Query(ge=1, description="This version instead of the one that counts.")]


@router.get(PATH, summary="The mapping of an integration", response_model=MappingOut)
async def read_mapping(
    request: Request, _: Staff, integration_id: int, database: Db, version: Version = None
) -> Response:
    """Which fields of 1C fill which columns, and in which steps."""
    return json_response(request, await service.read(database, integration_id, version))


@router.put(PATH, summary="Replace the mapping", response_model=MappingOut)
async def replace_mapping(
    request: Request, user: Staff, integration_id: int, given: GivenMapping, database: Db, if_match: IfMatch
) -> Response:
    """A new version, by which the next run reads. Nothing that was stored changes before it."""
    return json_response(request, await service.replace(database, integration_id, given, user.user_id, if_match))


@router.get(f"{PATH}versions/", summary="The versions of a mapping, newest first", response_model=list[VersionOut])
async def list_versions(request: Request, _: Staff, integration_id: int, database: Db) -> Response:
    """The last 100, each with who made it. The first is the preset."""
    return json_response(request, await service.versions(database, integration_id))


@router.post(f"{PATH}revert/{{version:int}}/", summary="Return to an earlier version", response_model=MappingOut)
async def revert_mapping(
    request: Request, user: Staff, integration_id: int, version: int, given: GivenRevert, database: Db,
    if_match: IfMatch,
) -> Response:  # fmt: skip
    """The earlier version is repeated as a new one."""
    found = await service.revert(database, integration_id, version, user.user_id, if_match, confirm=given.confirm)
    return json_response(request, found)


@router.get("/api/v1/integration-preset/", summary="The mappings to begin with", response_model=list[PresetOut])
async def list_presets(request: Request, _: Staff) -> Response:
    """Complete mappings, one of which each integration begins with."""
    return json_response(request, presets())
