"""The public keys, for the gateway and the services."""

from ecatalog.http.responses import Json
from ecatalog.security.permissions import Anonymous
from fastapi import APIRouter

from auth.dependencies import KeyringDep

router = APIRouter()


@router.get("/internal/jwks.json")
async def key_set(_: Anonymous, keyring: KeyringDep) -> Json:
    """The JSON Web Key Set; public keys are public."""
    return Json(await keyring.jwks())
