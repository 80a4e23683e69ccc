"""Runs a service's api inside a test."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

import httpx
from fastapi import FastAPI

BASE_URL = "http://testserver"


@asynccontextmanager
async def running(app: FastAPI) -> AsyncIterator[httpx.AsyncClient]:
    """Give a client of ``app``, which is started with its lifespan and ready to check tokens."""
    async with app.router.lifespan_context(app):
        authenticator = app.state.authenticator
        await until(lambda: authenticator.verifier.keys.ready and authenticator.revocations.ready)
        transport = httpx.ASGITransport(app=app, raise_app_exceptions=False)
        async with httpx.AsyncClient(transport=transport, base_url=BASE_URL) as client:
            yield client


async def until(condition: Callable[[], Any], seconds: float = 30.0) -> None:
    """Wait for a condition, which may be a coroutine function; fails when it does not come."""
    async with asyncio.timeout(seconds):
        while True:
            outcome = condition()
            if asyncio.iscoroutine(outcome):
                outcome = await outcome
            if outcome:
                return
            await asyncio.sleep(0.01)
