"""The demonstration has several steps; each finds what an earlier run has created."""

import time
from typing import Any

from deploy.local import simulated
from deploy.local.demo.api import Api, SyncStatus, SyncType
from deploy.local.demo.report import Report
from deploy.local.problems import ClusterError

# Not a name from the examples of the API guide: those must stay free for whoever tries them.
PROJECT = {"code_1c": "DEMO", "name": "Demo", "title": "Products and clients of the simulated 1C"}
INTEGRATION = "Simulated 1C"


class Demo:
    """Fills the system behind ``api`` from the 1C at ``wsdl_url``, and reports each step to ``report``."""

    def __init__(self, api: Api, report: Report, wsdl_url: str) -> None:
        self._api = api
        self._report = report
        self._wsdl_url = wsdl_url

    def fill(self) -> None:
        """Fill the system. Raises ClusterError when a sync fails."""
        self._report.fact("simulated 1C", self._wsdl_url)
        project = self._project()
        integration = self._integration(int(project["id"]))
        for kind in ("nomenklatura", "clients"):
            self._sync(kind, integration)
        self._show_numbers(int(project["id"]))

    def _project(self) -> dict[str, Any]:
        found: dict[str, Any] | None = self._api.find(f"/api/v1/project/{PROJECT['code_1c']}/")
        self._report.fact("project", f"{PROJECT['code_1c']}, {'there already' if found else 'made'}")
        return found or dict(self._api.post("/api/v1/project/", PROJECT))

    def _integration(self, project: int) -> int:
        """Find or create the integration; returns its id."""
        login = {"wsdl_url": self._wsdl_url, "username": simulated.USER, "password": simulated.PASSWORD}
        all_of_them: list[dict[str, Any]] = self._api.get("/api/v1/integration/")
        ours = [row for row in all_of_them if row["name"] == INTEGRATION and row["project"] == project]
        if not ours:
            made = self._api.post("/api/v1/integration/", {"name": INTEGRATION, "project": project, **login})
            self._report.fact("integration", f"{made['id']}, made")
            return int(made["id"])
        found = int(ours[0]["id"])
        if ours[0]["wsdl_url"] != self._wsdl_url or not ours[0]["is_active"]:
            self._api.patch(f"/api/v1/integration/{found}/", {**login, "is_active": True})
        self._report.fact("integration", f"{found}, there already")
        return found

    def _sync(self, kind: SyncType, integration: int) -> None:
        label = {"nomenklatura": "products", "clients": "clients"}[kind]
        began = time.monotonic()

        def show(status: SyncStatus) -> None:
            self._report.progress(f"sync of {label}", f"{status.status}, {status.processed} of {status.total}")

        end = self._api.follow_sync(self._api.start_sync(kind, integration), on_status=show)
        if end.status != "completed":
            raise ClusterError(f"the sync of {label} failed: {end.message}")
        self._report.fact(f"sync of {label}", f"{_numbers(end)}, {time.monotonic() - began:.1f} s")

    def _show_numbers(self, project: int) -> None:
        for label, path in (("products", "nomenklatura"), ("clients", "client")):
            count = self._api.count(f"/api/v1/{path}/", project_id=project)
            self._report.fact(f"{label} listed", str(count))
        base = str(self._api.http.base_url).rstrip("/")
        self._report.line(f"Look at them: {base}/api/v1/nomenklatura/?search=shokolad")


def _numbers(end: SyncStatus) -> str:
    updated = f"{end.updated} updated ({end.unchanged} unchanged)"
    return f"{end.total} rows: {end.created} created, {updated}, {end.errors} errors"
