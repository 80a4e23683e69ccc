"""The dependencies of this service's routes: what ``main`` has put into the application, and the client's address."""

from typing import Annotated

from ecatalog.core.clock import Clock
from ecatalog.http.dependencies import from_app
from ecatalog.security.permissions import Authenticator
from ecatalog.security.tokens import TokenVerifier
from fastapi import Depends, Request

from auth.keys.service import Keyring
from auth.login_throttle.address import client_address
from auth.passwords import Passwords
from auth.settings import AuthSettings
from auth.tokens.issuer import TokenIssuer
from auth.tokens.sign_in import SignIn


async def _client_address(request: Request) -> str:
    return client_address(request.headers, request.client.host if request.client else "")


SettingsDep = Annotated[AuthSettings, Depends(from_app("settings"))]
ClockDep = Annotated[Clock, Depends(from_app("clock"))]
PasswordsDep = Annotated[Passwords, Depends(from_app("passwords"))]
KeyringDep = Annotated[Keyring, Depends(from_app("keyring"))]
IssuerDep = Annotated[TokenIssuer, Depends(from_app("issuer"))]
VerifierDep = Annotated[TokenVerifier, Depends(from_app("verifier"))]
AuthenticatorDep = Annotated[Authenticator, Depends(from_app("authenticator"))]
SignInDep = Annotated[SignIn, Depends(from_app("sign_in"))]
ClientAddress = Annotated[str, Depends(_client_address)]
