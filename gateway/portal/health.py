"""An operator sees here the state of every service, of its api and its worker."""

import asyncio
import time
from dataclasses import dataclass
from typing import Any

import httpx

from portal.settings import SERVICES, PortalSettings

TIMEOUT = 3.0
KEPT_SECONDS = 1.0

Report = tuple[bool, dict[str, Any]]


@dataclass(frozen=True)
class _Asking:
    """Holds one request for the state of a service, which is running or has ended."""

    report: asyncio.Task[Report]
    began: float

    @property
    def holds(self) -> bool:
        return not self.report.done() or time.monotonic() - self.began < KEPT_SECONDS


class Health:
    """Asks the processes for their readiness at most once a second; all requests meanwhile share the answer.

    Anybody may ask as often as they like, and a monitor must still see the true state.
    """

    def __init__(self, settings: PortalSettings, client: httpx.AsyncClient) -> None:
        self._settings = settings
        self._client = client
        self._asked: dict[str, _Asking] = {}

    async def all(self) -> Report:
        """Return whether everything is ready, and the report of each service."""
        reports = await asyncio.gather(*(self.service(name) for name in SERVICES))
        services = {name: report for name, (_, report) in zip(SERVICES, reports, strict=True)}
        well = all(ready for ready, _ in reports)
        return well, {"status": "ok" if well else "unavailable", "services": services}

    async def service(self, name: str) -> Report:
        """Return whether every replica of a service's api and worker is ready, with the reasons."""
        asked = self._asked.get(name)
        if asked is None or not asked.holds:
            asked = self._asked[name] = _Asking(asyncio.create_task(self._look(name)), time.monotonic())
        return await asyncio.shield(asked.report)  # who goes away leaves the answer to the others

    async def _look(self, name: str) -> Report:
        parts = {"api": self._settings.apis(name), "worker": self._settings.workers(name)}
        outcomes = await asyncio.gather(*(self._ask(url) for urls in parts.values() for url in urls))
        report: dict[str, Any] = {}
        answers = iter(outcomes)
        for part, urls in parts.items():
            report[part] = [next(answers) for _ in urls]
        well = all(outcome["status"] == "ok" for outcome in outcomes)
        return well, {"status": "ok" if well else "unavailable"} | report

    async def _ask(self, url: str) -> dict[str, Any]:
        try:
            response = await self._client.get(f"{url}/health/ready", timeout=TIMEOUT)
            answer: dict[str, Any] = response.json()
            return {"status": answer["status"]} | answer
        except (httpx.HTTPError, ValueError, LookupError, TypeError):
            return {"status": "unavailable", "checks": {"process": "does not answer"}}
