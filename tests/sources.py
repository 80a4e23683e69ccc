"""Projects with an integration, each under a name of its own, so that tests share one cluster."""

import itertools
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from deploy.local.demo.api import Api, SyncStatus, SyncType

_numbers = itertools.count(1)


def unique(prefix: str) -> str:
    """A code that no other test uses."""
    return f"{prefix}-{next(_numbers):04d}"


@dataclass(frozen=True)
class Source:
    """A project and its integration with one 1C."""

    api: Api
    project: int
    project_code: str
    integration: int

    def sync(self, kind: SyncType = "nomenklatura", within: float = 120.0) -> SyncStatus:
        """Start a sync and follow it to its end."""
        return self.api.follow_sync(self.api.start_sync(kind, self.integration), within)

    def products(self, **filters: str | int) -> int:
        return self.api.count("/api/v1/nomenklatura/", project_id=self.project, **filters)

    def clients(self, **filters: str | int) -> int:
        return self.api.count("/api/v1/client/", project_id=self.project, **filters)


def connect(api: Api, wsdl_url: str, **fields: Any) -> Source:
    """A new project with an integration of its own; ``fields`` are further fields of the integration."""
    code = unique("TEST")
    project = int(api.post("/api/v1/project/", {"code_1c": code, "name": f"Test {code}"})["id"])
    body = {"name": f"1C of {code}", "project": project, "wsdl_url": wsdl_url, **fields}
    return Source(api, project, code, int(api.post("/api/v1/integration/", body)["id"]))


def walk(api: Api, path: str, **parameters: str | int) -> Iterator[dict[str, Any]]:
    """All rows of a list by its ``next`` links, as scripts read it."""
    page = api.get(path, **parameters)
    while True:
        yield from page["results"]
        following = page["next"]
        if following is None:
            return
        page = api.get(following)
        assert page["next"] != following, f"{following} leads to itself"
