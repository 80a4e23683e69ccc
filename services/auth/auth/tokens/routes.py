"""The token routes take tokens and passwords from bodies, not from a header."""

from typing import Annotated

from ecatalog.core.errors import FieldErrors
from ecatalog.http.body import REQUIRED, Body
from ecatalog.http.dependencies import Db
from ecatalog.http.responses import Json
from ecatalog.security.permissions import Anonymous
from fastapi import APIRouter, Depends, Request

from auth.dependencies import AuthenticatorDep, ClientAddress, ClockDep, IssuerDep, SignInDep, VerifierDep
from auth.tokens import service
from auth.tokens.schemas import AnyToken, Credentials, Logout, Nothing, Pair, RefreshToken

NO_STORE = {"Cache-Control": "no-store"}

router = APIRouter(prefix="/api/token", tags=["token"])


@router.post("/", summary="Sign in", response_model=Pair)
async def sign_in(
    _: Anonymous, body: Annotated[Credentials, Depends(Body(Credentials))], address: ClientAddress, start: SignInDep
) -> Json:
    """A pair of tokens. The access token goes into ``Authorization: Bearer …``."""
    pair = await start(body.username, body.password, address)
    return Json(pair.model_dump(), headers=NO_STORE)


@router.post("/refresh/", summary="Renew the tokens", response_model=Pair)
async def refresh(
    _: Anonymous, body: Annotated[RefreshToken, Depends(Body(RefreshToken))], database: Db, verifier: VerifierDep,
    issuer: IssuerDep,
) -> Json:  # fmt: skip
    """The next pair. A refresh token works once; keep the new one."""
    pair = await service.refresh(database, verifier, issuer, body.refresh)
    return Json(pair.model_dump(), headers=NO_STORE)


@router.post("/verify/", summary="Check a token", response_model=Nothing)
async def verify(
    _: Anonymous, body: Annotated[AnyToken, Depends(Body(AnyToken))], database: Db, verifier: VerifierDep
) -> Json:
    """An empty object when the access or refresh token is accepted."""
    await service.verify(database, verifier, body.token)
    return Json({})


@router.post("/logout/", summary="Sign out", response_model=Nothing)
async def logout(
    _: Anonymous, request: Request, body: Annotated[Logout, Depends(Body(Logout))], database: Db,
    authenticator: AuthenticatorDep, clock: ClockDep,
) -> Json:  # fmt: skip
    """Ends the session of the refresh token in the body or, without one, of the access token in the header."""
    if body.refresh:
        sid = await service.session_of(authenticator.verifier, body.refresh)
    elif principal := await authenticator.authenticate(request.headers.get("authorization")):
        sid = principal.sid
    else:
        raise FieldErrors({"refresh": [REQUIRED]})
    await service.sign_out(database, clock, sid)
    return Json({})
