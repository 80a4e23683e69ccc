"""The api of the auth service."""

import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from functools import partial
from typing import TypeVar

import psycopg
from ecatalog.core.clock import Clock
from ecatalog.core.errors import Unavailable
from ecatalog.runtime.app import create_app
from fastapi import FastAPI
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from auth.agents import routes as agents
from auth.examples import EXAMPLES
from auth.keys import routes as keys
from auth.keys.service import Keyring
from auth.login_throttle.service import LoginThrottle
from auth.passwords import Passwords
from auth.sessions import routes as sessions
from auth.sessions.service import Lifetimes
from auth.sessions.snapshot import snapshot
from auth.settings import AuthSettings
from auth.tokens import routes as tokens
from auth.tokens.issuer import TokenIssuer
from auth.tokens.sign_in import SignIn
from auth.users import routes as users

T = TypeVar("T")

ROUTERS = (tokens.router, users.router, keys.router, sessions.router, agents.router)


def create(settings: AuthSettings, clock: Clock = time.time) -> FastAPI:
    """Create the application. Keys and revocations come from its own database, not from asking itself."""
    app: FastAPI = create_app(
        settings,
        "auth",
        ROUTERS,
        lifespan=_lifespan,
        load_keys=partial(_or_unavailable, lambda: app.state.keyring.jwks()),
        examples=EXAMPLES,
        load_snapshot=partial(_or_unavailable, lambda: snapshot(app.state.database, settings.access_ttl, clock())),
    )
    state = app.state
    state.clock, state.verifier = clock, state.authenticator.verifier
    state.keyring = Keyring.of(settings, state.database, clock)
    state.passwords = Passwords()
    state.issuer = TokenIssuer(state.keyring, Lifetimes(settings.access_ttl, settings.refresh_ttl), clock)
    state.sign_in = SignIn(state.database, state.passwords, LoginThrottle(state.database, clock), state.issuer)
    state.checks["signing"] = state.keyring.check
    return app


@asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncIterator[None]:
    yield
    app.state.passwords.close()


async def _or_unavailable(load: Callable[[], Awaitable[T]]) -> T:
    """Load. An unreachable database is something to wait for, not a failure."""
    try:
        return await load()
    except (psycopg.OperationalError, PoolTimeout, DBAPIError) as error:
        raise Unavailable("the database is unreachable") from error
