"""Signs in with a password."""

from dataclasses import dataclass
from typing import NoReturn

from ecatalog.core.errors import Throttled
from ecatalog.db.database import Database
from ecatalog.telemetry.logging import logger
from prometheus_client import Counter
from sqlmodel import col, select

from auth.login_throttle.models import KnownAddress
from auth.login_throttle.service import LoginAttempt, LoginThrottle
from auth.passwords import Passwords
from auth.sessions import service as sessions
from auth.tokens.errors import WrongCredentials
from auth.tokens.issuer import TokenIssuer
from auth.tokens.schemas import Pair
from auth.users.models import User

log = logger(__name__)

SIGN_INS = Counter("auth_sign_ins_total", "Sign-ins whose password was looked at", ["outcome"])


@dataclass(frozen=True)
class SignIn:
    """Signs in. Unknown users, those who may not sign in and wrong passwords cost the same and get the same answer."""

    database: Database
    passwords: Passwords
    throttle: LoginThrottle
    issuer: TokenIssuer

    async def __call__(self, username: str, password: str, address: str) -> Pair:
        """Start a session and return its tokens.

        Raises :class:`WrongCredentials`, or :class:`Throttled` after too many failures. When the password is set anew
        while it is checked, it is checked again.
        """
        tokens = None
        while tokens is None:
            tokens = await self._attempt(username, password, address)
        SIGN_INS.labels("accepted").inc()
        return tokens

    async def _attempt(self, username: str, password: str, address: str) -> Pair | None:
        async with self.passwords.slot() as slot:
            user, attempt = await self._find(username, address)
            refusal = await self.throttle.check(attempt)
            known = user.password if user is not None and user.is_active else None
            matches = await slot.verify(known, password)
            if user is None or known is None or not matches:
                await self._refuse(attempt, refusal)
            rehashed = await slot.rehash(known, password)
        return await self._start(user, address, known, rehashed)

    async def _find(self, username: str, address: str) -> tuple[User | None, LoginAttempt]:
        here = (col(KnownAddress.user_id) == col(User.id)) & (col(KnownAddress.address) == address)
        query = select(User, col(KnownAddress.address)).outerjoin(KnownAddress, here)
        async with self.database.session() as session:
            found = (await session.execute(query.where(col(User.username) == username, ~col(User.is_deleted)))).first()
        if found is None:
            return None, LoginAttempt(username, None, address, known=False)
        user, known = found
        return user, LoginAttempt(username, user.id, address, known=known is not None)

    async def _refuse(self, attempt: LoginAttempt, refusal: Throttled | None) -> NoReturn:
        await (self.throttle.failed_admitted(attempt) if refusal else self.throttle.failed(attempt))
        SIGN_INS.labels("refused").inc()
        log.info("a sign-in was refused", user_id=attempt.user_id, address=attempt.address)
        if attempt.known:  # a stranger's name gets the same answer here, which reveals nobody's addresses
            refusal = await self.throttle.check(attempt.of_a_stranger)
        raise refusal or WrongCredentials

    async def _start(self, checked: User, address: str, known: str, rehashed: str | None) -> Pair | None:
        issuer = await self.issuer.keyed()
        async with self.database.session() as session:
            user = await sessions.owner(session, checked.id, for_change=rehashed is not None)
            if user is None or user.password != known:
                return None
            user.password = rehashed or known
            started = sessions.start(session, user.id, issuer.now, issuer.live)
            await self.throttle.succeeded(session, user.id, address)
            return issuer.pair(user, started)
