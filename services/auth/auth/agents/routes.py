"""The service of positions asks here which agents are users; the gateway never routes it."""

from typing import Annotated

from ecatalog.http.body import MAX_JSON_BYTES, read_bytes
from ecatalog.http.dependencies import Db
from ecatalog.http.responses import Json
from ecatalog.security.permissions import Internal
from fastapi import APIRouter, Depends, Request
from pydantic import TypeAdapter

from auth.agents import service

router = APIRouter()

_CODES = TypeAdapter(list[str])


async def _codes(request: Request) -> list[str]:
    return _CODES.validate_json(await read_bytes(request, MAX_JSON_BYTES))


Codes = Annotated[list[str], Depends(_codes)]


@router.post("/internal/agents/")
async def agents(_: Internal, codes: Codes, database: Db) -> Json:
    """Return those of the codes that some user has."""
    return Json(await service.of_users(database, codes))
