"""Refreshes and verifies tokens, and signs out."""

from uuid import UUID

from ecatalog.core.clock import Clock
from ecatalog.core.errors import AuthenticationFailed
from ecatalog.db.database import Database
from ecatalog.security.tokens import Claims, TokenVerifier

from auth.sessions import service as sessions
from auth.tokens.errors import BadToken
from auth.tokens.issuer import TokenIssuer
from auth.tokens.schemas import Pair

REFRESH = "refresh"
EITHER = "access", REFRESH


async def refresh(database: Database, verifier: TokenVerifier, issuer: TokenIssuer, token: str) -> Pair:
    """Issue the next tokens of a session; raises :class:`BadToken`, also for a refresh token that was used."""
    claims = await _read(verifier, token, REFRESH)
    keyed = await issuer.keyed()
    pair = None
    async with database.session() as session:
        user = await sessions.owner(session, claims.user_id)
        found = await sessions.locked(session, _uuid(claims.sid))
        if user is None or found is None or found.user_id != user.id or found.ended_at is not None:
            raise BadToken
        if await sessions.renew(session, found, _uuid(claims.jti), keyed.now, keyed.live):
            pair = keyed.pair(user, found)
    if pair is None:  # refused only now, because what the reuse of a token ended must be committed
        raise BadToken
    return pair


async def verify(database: Database, verifier: TokenVerifier, token: str) -> None:
    """Raise :class:`BadToken` unless this access or refresh token would be accepted now."""
    claims = await _read(verifier, token, *EITHER)
    async with database.session() as session:
        user, found = await sessions.live(session, _uuid(claims.sid))
    if user is None or found is None or claims.user_id != user.id or claims.issued_at < user.valid_from:
        raise BadToken
    if claims.token_type == REFRESH and found.refresh_jti != _uuid(claims.jti):
        raise BadToken


async def session_of(verifier: TokenVerifier, token: str) -> str:
    """Return the session of a refresh token, used or not."""
    return (await _read(verifier, token, REFRESH)).sid


async def sign_out(database: Database, clock: Clock, sid: str) -> None:
    """End a session, unless it has ended already."""
    now = clock()
    async with database.session() as session:
        found = await sessions.locked(session, _uuid(sid))
        if found is not None:
            await sessions.end(session, found, now, "logout")


async def _read(verifier: TokenVerifier, token: str, *types: str) -> Claims:
    try:
        claims = await verifier.read(token)
    except AuthenticationFailed as error:
        raise BadToken(error.body["messages"][0]["message"]) from error
    if claims.token_type not in types:
        raise BadToken("Token has wrong type")
    return claims


def _uuid(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise BadToken from None
