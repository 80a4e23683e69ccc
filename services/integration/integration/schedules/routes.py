from typing import Annotated

from ecatalog.caching.etag import json_response
from ecatalog.http.body import Body
from ecatalog.http.dependencies import Db, IfMatch
from ecatalog.security.permissions import Staff
from fastapi import APIRouter, Depends, Request, Response

from integration.schedules import service
from integration.schedules.schemas import ScheduleIn, ScheduleOut

router = APIRouter(prefix="/api/v1/integration/{integration_id:int}/schedule", tags=["integration"])

Created = Annotated[ScheduleIn, Depends(Body(ScheduleIn))]
Changed = Annotated[ScheduleIn, Depends(Body(ScheduleIn, partial=True))]


@router.get("/", summary="The schedules of an integration", response_model=list[ScheduleOut])
async def list_schedules(request: Request, _: Staff, integration_id: int, database: Db) -> Response:
    """The oldest first, those that are switched off among them."""
    return json_response(request, await service.list_all(database, integration_id))


@router.post("/", status_code=201, summary="Make a schedule", response_model=ScheduleOut)
async def create_schedule(request: Request, _: Staff, integration_id: int, given: Created, database: Db) -> Response:
    """Runs its streams every so many minutes, or as cron does, in a time zone; only for sources that are called.

    A run of a stream that waits or works is not doubled: the due time waits for its end. Of due times that passed
    while nothing could be started the last is made up, the others are counted as missed.
    """
    return json_response(request, await service.create(database, integration_id, given), 201)


@router.get("/{schedule_id:int}/", summary="One schedule", response_model=ScheduleOut)
async def read_schedule(request: Request, _: Staff, integration_id: int, schedule_id: int, database: Db) -> Response:
    """When it is due next, and what became of what it started last."""
    return json_response(request, await service.read(database, integration_id, schedule_id))


@router.patch("/{schedule_id:int}/", summary="Change a schedule", response_model=ScheduleOut)
async def change_schedule(
    request: Request, _: Staff, integration_id: int, schedule_id: int, given: Changed, database: Db, if_match: IfMatch
) -> Response:
    """Only what is sent changes; `cron` takes the place of `every_minutes`, and the other way round."""
    return json_response(request, await service.change(database, integration_id, schedule_id, given, if_match))


@router.delete("/{schedule_id:int}/", status_code=204, summary="Delete a schedule")
async def delete_schedule(_: Staff, integration_id: int, schedule_id: int, database: Db) -> Response:
    """A run that it started goes on."""
    await service.delete(database, integration_id, schedule_id)
    return Response(status_code=204)
