"""The snapshot for services that start."""

from ecatalog.http.dependencies import Db
from ecatalog.http.responses import Json
from ecatalog.security.permissions import Internal
from fastapi import APIRouter

from auth.dependencies import ClockDep, SettingsDep
from auth.sessions.snapshot import snapshot

router = APIRouter()


@router.get("/internal/revocations/")
async def revocations(_: Internal, database: Db, settings: SettingsDep, clock: ClockDep) -> Json:
    """Return changed users and revoked sessions, in the form of their events."""
    found = await snapshot(database, settings.access_ttl, clock())
    return Json(found.model_dump())
