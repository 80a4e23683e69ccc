"""Answers for the liveness, the readiness and the metrics of a process."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping

from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

Check = Callable[[], Awaitable[None] | None]
"""Returns when the thing is well, raises with the reason when it is not."""

TIMEOUT = 2.0


async def run_checks(checks: Mapping[str, Check]) -> tuple[bool, dict[str, str]]:
    """Return whether all checks succeed, and ``"ok"`` or the reason for each."""
    outcomes = await asyncio.gather(*(_outcome(check) for check in checks.values()))
    report = dict(zip(checks, outcomes, strict=True))
    return all(outcome == "ok" for outcome in outcomes), report


async def _outcome(check: Check) -> str:
    try:
        result = check()
        if result is not None:
            await asyncio.wait_for(result, TIMEOUT)
    except TimeoutError:
        return "no answer in time"
    except Exception as error:
        return str(error).strip().partition("\n")[0] or type(error).__name__
    return "ok"


def require(condition: Callable[[], bool], reason: str) -> Check:
    """Return a check that something holds."""

    def check() -> None:
        if not condition():
            raise RuntimeError(reason)

    return check


def metrics() -> tuple[bytes, str]:
    """Return the metrics page and its content type."""
    return generate_latest(), CONTENT_TYPE_LATEST
