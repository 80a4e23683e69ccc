"""Files of 1C by hand."""

from typing import Any

from ecatalog.http.dependencies import Db
from ecatalog.http.responses import Json
from ecatalog.security.permissions import Staff
from fastapi import APIRouter, Response

from integration.dependencies import SettingsDep
from integration.files.pieces import Part
from integration.files.service import NamedPart
from integration.syncs.schemas import StartedOut
from integration.uploads import service
from integration.uploads.dependencies import Sent

router = APIRouter(prefix="/api/v1/source-file", tags=["integration"])

FORM: dict[str, Any] = {
    "type": "object",
    "required": ["files"],
    "properties": {"files": {"type": "array", "items": {"type": "string", "format": "binary"}}},
}
REQUEST: dict[str, Any] = {
    "parameters": [
        {
            "name": "dry_run",
            "in": "query",
            "required": False,
            "schema": {"type": "boolean", "default": False},
            "description": "only report what would happen",
        }
    ],
    "requestBody": {
        "required": True,
        "content": {"multipart/form-data": {"schema": FORM, "example": {"files": ["import.xml", "offers.xml"]}}},
    },
}


@router.post(
    "/{integration_id:int}/", status_code=202, summary="Load files of 1C", response_model=StartedOut,
    openapi_extra=REQUEST, responses={413: {"description": "More than 128 MB."}},
)  # fmt: skip
async def load_files(user: Staff, integration_id: int, sent: Sent, database: Db, settings: SettingsDep) -> Response:
    """CommerceML as XML files in any order, or as one ZIP. The run answers at `sync/status/{task_id}/`."""
    files = [NamedPart(file.filename or "", Part(file.file, file.size or 0)) for file in sent.files]
    started = await service.start(
        database, settings.storage_limits, integration_id, files, is_dry_run=sent.is_dry_run, user_id=user.user_id
    )
    return Json(started, 202)
