"""The token routes take tokens and passwords from bodies, not from a header."""

from typing import Annotated

from ecatalog.core.errors import FieldErrors
from ecatalog.http.body import REQUIRED, Body
from ecatalog.http.responses import Json
from ecatalog.security.permissions import Anonymous
from fastapi import APIRouter, Depends, Request

from auth.login_throttle.address import client_address
from auth.tokens.schemas import AnyToken, Credentials, Logout, Nothing, Pair, RefreshToken
from auth.tokens.service import TokenService
from auth.tokens.sign_in import SignIn

NO_STORE = {"Cache-Control": "no-store"}

router = APIRouter(prefix="/api/token", tags=["token"])


@router.post("/", summary="Sign in", response_model=Pair)
async def sign_in(_: Anonymous, request: Request, body: Annotated[Credentials, Depends(Body(Credentials))]) -> Json:
    """A pair of tokens. The access token goes into ``Authorization: Bearer …``."""
    start: SignIn = request.app.state.sign_in
    pair = await start(body.username, body.password, client_address(request))
    return Json(pair.model_dump(), headers=NO_STORE)


@router.post("/refresh/", summary="Renew the tokens", response_model=Pair)
async def refresh(_: Anonymous, request: Request, body: Annotated[RefreshToken, Depends(Body(RefreshToken))]) -> Json:
    """The next pair. A refresh token works once; keep the new one."""
    pair = await _tokens(request).refresh(body.refresh)
    return Json(pair.model_dump(), headers=NO_STORE)


@router.post("/verify/", summary="Check a token", response_model=Nothing)
async def verify(_: Anonymous, request: Request, body: Annotated[AnyToken, Depends(Body(AnyToken))]) -> Json:
    """An empty object when the access or refresh token is accepted."""
    await _tokens(request).verify(body.token)
    return Json({})


@router.post("/logout/", summary="Sign out", response_model=Nothing)
async def logout(_: Anonymous, request: Request, body: Annotated[Logout, Depends(Body(Logout))]) -> Json:
    """Ends the session of the refresh token in the body or, without one, of the access token in the header."""
    tokens = _tokens(request)
    if body.refresh:
        await tokens.sign_out(body.refresh)
    else:
        principal = await request.app.state.authenticator.authenticate(request.headers.get("authorization"))
        if principal is None:
            raise FieldErrors({"refresh": [REQUIRED]})
        await tokens.end(principal.sid)
    return Json({})


def _tokens(request: Request) -> TokenService:
    service: TokenService = request.app.state.tokens
    return service
