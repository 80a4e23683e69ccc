"""Signing in with a password."""

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


class SignIn:
    """Who does not exist, may not sign in or gives a wrong password costs the same work and gets the same answer."""

    def __init__(self, database: Database, passwords: Passwords, throttle: LoginThrottle, mint: TokenIssuer) -> None:
        self._database = database
        self._passwords = passwords
        self._throttle = throttle
        self._mint = mint

    async def __call__(self, username: str, password: str, address: str) -> Pair:
        """The tokens of a new session.

        Raises :class:`WrongCredentials`, or :class:`~ecatalog.core.errors.Throttled` after too many guesses. A password
        that is set anew while it is looked at is looked at again.
        """
        tokens = None
        while tokens is None:
            tokens = await self._attempt(username, password, address)
        SIGN_INS.labels("accepted").inc()
        return tokens

    async def _attempt(self, username: str, password: str, address: str) -> Pair | None:
        async with self._passwords.turn() as turn:
            user, place = await self._find(username, address)
            refusal = await self._throttle.check(place)
            known = user.password if user is not None and user.is_active else None
            right = await turn.verify(known, password)
            if user is None or known is None or not right:
                await self._refuse(place, refusal)
            renewed = await turn.renewed(known, password)
        return await self._start(user, address, known, renewed)

    async def _find(self, username: str, address: str) -> tuple[User | None, LoginAttempt]:
        here = (col(KnownAddress.user_id) == col(User.id)) & (col(KnownAddress.address) == address)
        query = select(User, col(KnownAddress.address)).outerjoin(KnownAddress, here)
        async with self._database.session() as session:
            found = (await session.execute(query.where(col(User.username) == username, ~col(User.is_deleted)))).first()
        if found is None:
            return None, LoginAttempt(username, None, address, known=False)
        user, known = found
        return user, LoginAttempt(username, user.id, address, known=known is not None)

    async def _refuse(self, place: LoginAttempt, refusal: Throttled | None) -> NoReturn:
        await (self._throttle.looked(place) if refusal else self._throttle.failed(place))
        SIGN_INS.labels("refused").inc()
        log.info("a sign-in was refused", user_id=place.user_id, address=place.address)
        if place.known:  # a stranger's name gets the same answer here, so it tells nobody who has been here
            refusal = await self._throttle.check(place.of_a_stranger)
        raise refusal or WrongCredentials

    async def _start(self, read: User, address: str, known: str, renewed: str | None) -> Pair | None:
        press = await self._mint.press()
        async with self._database.session() as session:
            user = await sessions.owner(session, read.id, for_change=renewed is not None)
            if user is None or user.password != known:
                return None
            user.password = renewed or known
            started = sessions.start(session, user.id, press.now, press.live)
            await self._throttle.succeeded(session, user.id, address)
            return press.pair(user, started)
