"""The service of positions asks here which agents are users; the gateway never routes it."""

from ecatalog.db.database import Database
from ecatalog.http.body import MAX_JSON_BYTES, read_bytes
from ecatalog.http.responses import Json
from ecatalog.security.permissions import Internal
from fastapi import APIRouter, Request
from pydantic import TypeAdapter

router = APIRouter()

_CODES = TypeAdapter(list[str])
_OF_USERS = "select distinct profile_code_1c from users where profile_code_1c = any(%(codes)s) and not is_deleted"


@router.post("/internal/agents/")
async def agents(_: Internal, request: Request) -> Json:
    """Those of the codes that some user has."""
    codes = _CODES.validate_json(await read_bytes(request, MAX_JSON_BYTES))
    database: Database = request.app.state.database
    return Json([code for (code,) in await database.fetch_rows(_OF_USERS, {"codes": codes})])
