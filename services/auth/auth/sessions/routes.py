"""The snapshot for services that start."""

from ecatalog.http.responses import Json
from ecatalog.security.permissions import Internal
from fastapi import APIRouter, Request

from auth.sessions.snapshot import snapshot

router = APIRouter()


@router.get("/internal/revocations/")
async def revocations(_: Internal, request: Request) -> Json:
    """Changed users and revoked sessions, as the events would have told them."""
    state = request.app.state
    found = await snapshot(state.database, state.settings.access_ttl, state.issuer.clock())
    return Json(found.model_dump())
