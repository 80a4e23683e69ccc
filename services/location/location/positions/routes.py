from ecatalog.caching import json_response
from ecatalog.routing import LeanRoute
from fastapi import APIRouter, Request, Response

from location.dependencies import Db, Watcher
from location.positions import service
from location.positions.schemas import Agent

router = APIRouter(prefix="/api/v1/agent-location", tags=["agent locations"], route_class=LeanRoute)


@router.get("/unique-agents/", summary="List agents", response_model=list[Agent])
async def list_agents(user: Watcher, request: Request, database: Db) -> Response:
    """Every agent that has points, by code, with the last name and phone it sent."""
    return json_response(request, await service.agents(database, user))
