"""Integrations with a 1C of the test's own, and the paths of their syncs."""

from typing import Any

from deploy.local.demo.api import Api
from deploy.local.onec.server import Served
from tests.golden.gates import until
from tests.golden.recording import Recording

ROOT = "/api/v1/integration"


class Syncs:
    """The syncs of one integration. Its names are the same in every run, since answers repeat them."""

    def __init__(self, admin: Api, name: str, url: str, **fields: Any) -> None:
        self.admin = admin
        project = {"code_1c": f"GOLDEN-{name}", "name": f"Golden project {name}"}
        self.project = int(admin.post("/api/v1/project/", project)["id"])
        source = {"name": f"Golden 1C {name}", "project": self.project, "wsdl_url": url, "timeout": 30, **fields}
        self.integration = int(admin.post(f"{ROOT}/", source)["id"])
        self.history = f"{ROOT}/history/?integration_id={self.integration}"

    def start(self, golden: Recording, title: str, kind: str = "nomenklatura", api: Api | None = None) -> str:
        """The ``task_id`` of a sync that was started."""
        answer = golden.post(title, api or self.admin, f"{ROOT}/sync/{kind}/{self.integration}/")
        return str(answer.json()["task_id"])

    def started(self, kind: str = "nomenklatura") -> str:
        """The same without a note of it."""
        return str(self.admin.post(f"{ROOT}/sync/{kind}/{self.integration}/")["task_id"])

    def wait(self, task_id: str, **numbers: Any) -> None:
        """Until the status tells these values."""
        until(lambda: {**self.admin.get(status(task_id)), **numbers} == self.admin.get(status(task_id)))

    def wait_ended(self, task_id: str) -> None:
        until(lambda: self.admin.get(status(task_id))["status"] in {"completed", "error"})

    def synced(self, golden: Recording, title: str, kind: str = "nomenklatura") -> str:
        """A sync from its start to its end, with all that is told of it then."""
        task_id = self.start(golden, f"{title}: start", kind)
        self.wait_ended(task_id)
        golden.get(f"{title}: status", self.admin, status(task_id))
        golden.get(f"{title}: errors", self.admin, errors(task_id))
        return task_id


def made(admin: Api, name: str, source: Served, mode: str = "base", **fields: Any) -> Syncs:
    return Syncs(admin, name, source.url(mode), **fields)


def status(task_id: str) -> str:
    return f"{ROOT}/sync/status/{task_id}/"


def errors(task_id: str, query: str = "") -> str:
    return f"{status(task_id)}errors/{query}"


def cancel(task_id: str) -> str:
    return f"{status(task_id)}cancel/"
