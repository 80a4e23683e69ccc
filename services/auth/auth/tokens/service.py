"""Refreshing and verifying tokens, and signing out."""

from uuid import UUID

from ecatalog.core.errors import AuthenticationFailed
from ecatalog.db.database import Database
from ecatalog.security.tokens import Claims, TokenVerifier

from auth.sessions import service as sessions
from auth.tokens.errors import BadToken
from auth.tokens.issuer import TokenIssuer
from auth.tokens.schemas import Pair

REFRESH = "refresh"
EITHER = "access", REFRESH


class TokenService:
    """Continues, looks up and ends the sessions that tokens belong to."""

    def __init__(self, database: Database, verifier: TokenVerifier, issuer: TokenIssuer) -> None:
        self._database = database
        self._verifier = verifier
        self._issuer = issuer

    async def refresh(self, token: str) -> Pair:
        """Issue the next tokens of a session; raises :class:`BadToken`, also for a refresh token that was used."""
        claims = await self._read(token, REFRESH)
        issuer = await self._issuer.keyed()
        pair = None
        async with self._database.session() as session:
            user = await sessions.owner(session, claims.user_id)
            found = await sessions.locked(session, _uuid(claims.sid))
            if user is None or found is None or found.user_id != user.id or found.ended_at is not None:
                raise BadToken
            if await sessions.renew(session, found, _uuid(claims.jti), issuer.now, issuer.live):
                pair = issuer.pair(user, found)
        if pair is None:  # refused only now, because what the reuse of a token ended must be committed
            raise BadToken
        return pair

    async def verify(self, token: str) -> None:
        """Raise :class:`BadToken` unless this access or refresh token would be accepted now."""
        claims = await self._read(token, *EITHER)
        async with self._database.session() as session:
            user, found = await sessions.live(session, _uuid(claims.sid))
        if user is None or found is None or claims.user_id != user.id or claims.issued_at < user.valid_from:
            raise BadToken
        if claims.token_type == REFRESH and found.refresh_jti != _uuid(claims.jti):
            raise BadToken

    async def sign_out(self, token: str) -> None:
        """End the session of a refresh token, used or not."""
        await self.end((await self._read(token, REFRESH)).sid)

    async def end(self, sid: str) -> None:
        """End a session, unless it has ended already."""
        now = self._issuer.clock()
        async with self._database.session() as session:
            found = await sessions.locked(session, _uuid(sid))
            if found is not None:
                await sessions.end(session, found, now, "logout")

    async def _read(self, token: str, *types: str) -> Claims:
        try:
            claims = await self._verifier.read(token)
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
