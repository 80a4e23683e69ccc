"""Signs in with a password."""

from dataclasses import dataclass
from typing import NoReturn

from ecatalog.core.errors import Throttled
from ecatalog.db.database import Database
from ecatalog.telemetry.logging import logger
from prometheus_client import Counter

from auth.login_throttle.candidate import Account, find
from auth.login_throttle.service import LoginAttempt, LoginThrottle
from auth.passwords import Passwords
from auth.sessions import service as sessions
from auth.tokens.errors import WrongCredentials
from auth.tokens.issuer import TokenIssuer
from auth.tokens.schemas import Pair
from auth.tokens.starting import Start, start

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
            attempt, counts, account = await find(self.database, username, address)
            refusal = await self.throttle.check(attempt, counts)
            matches = await slot.verify(account.password if account else None, password)
            if account is None or not matches:
                await self._refuse(attempt, refusal)
            renewed = await slot.rehash(account.password, password)
        return await self._start(account, address, renewed)

    async def _refuse(self, attempt: LoginAttempt, refusal: Throttled | None) -> NoReturn:
        await (self.throttle.failed_admitted(attempt) if refusal else self.throttle.failed(attempt))
        SIGN_INS.labels("refused").inc()
        log.info("a sign-in was refused", user_id=attempt.user_id, address=attempt.address)
        if attempt.known:  # a stranger's name gets the same answer here, which reveals nobody's addresses
            stranger = attempt.of_a_stranger
            refusal = await self.throttle.check(stranger, await self.throttle.counts(stranger))
        raise refusal or WrongCredentials

    async def _start(self, account: Account, address: str, renewed: str | None) -> Pair | None:
        issuer = await self.issuer.keyed()
        session = sessions.new(account.user_id, issuer.now, issuer.live)
        user = await start(self.database, Start(account.password, renewed, session, address))
        return None if user is None else issuer.pair(user, session)
