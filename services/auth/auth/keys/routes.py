"""The public keys, for the gateway and the services."""

from ecatalog.http.responses import Json
from ecatalog.security.permissions import Anonymous
from fastapi import APIRouter, Request

from auth.keys.service import Keyring

router = APIRouter()


@router.get("/internal/jwks.json")
async def key_set(_: Anonymous, request: Request) -> Json:
    """The JSON Web Key Set; public keys are public."""
    keyring: Keyring = request.app.state.keyring
    return Json(await keyring.jwks())
