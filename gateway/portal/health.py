"""The state of every service, api and worker, as an operator wants to see it."""

import asyncio
from typing import Any

import httpx

from portal.settings import SERVICES, PortalSettings

TIMEOUT = 3.0


class Health:
    """Asks the processes for their readiness."""

    def __init__(self, settings: PortalSettings, client: httpx.AsyncClient) -> None:
        self._settings = settings
        self._client = client

    async def all(self) -> tuple[bool, dict[str, Any]]:
        """Whether everything is ready, and the report of each service."""
        reports = await asyncio.gather(*(self.service(name) for name in SERVICES))
        services = {name: report for name, (_, report) in zip(SERVICES, reports, strict=True)}
        well = all(ready for ready, _ in reports)
        return well, {"status": "ok" if well else "unavailable", "services": services}

    async def service(self, name: str) -> tuple[bool, dict[str, Any]]:
        """Whether every replica of a service's api and worker is ready, with the reasons."""
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
        except (httpx.HTTPError, ValueError):
            return {"status": "unavailable", "checks": {"process": "does not answer"}}
        return answer
