"""Products to describe, and the paths of the tasks that do it."""

from typing import Any

from deploy.local.demo.api import Api
from tests.golden.gates import until
from tests.golden.recording import Recording

ROOT = "/api/v1/nomenklatura"


class Products:
    """Products named ``A``, ``B``, … of a project of their own."""

    def __init__(self, admin: Api, name: str, names: str) -> None:
        self.admin = admin
        project = {"code_1c": f"GOLDEN-DESCRIBED-{name}", "name": f"Golden {name}"}
        self.project = int(admin.post("/api/v1/project/", project)["id"])
        self.codes = [f"{name}-{one}" for one in names]
        rows = [
            {"code_1c": code, "name": one, "project_id": self.project}
            for code, one in zip(self.codes, names, strict=True)
        ]
        assert admin.post(f"{ROOT}/bulk/", rows)["created"] == len(names)  # type: ignore[arg-type]  # a list is sent as well

    def start(self, golden: Recording, title: str, action: str = "enrich", **body: Any) -> str:
        """The path of the status of a task of all these products."""
        answer = golden.post(title, self.admin, f"{ROOT}/bulk-{action}/", json={"project_id": self.project, **body})
        return str(answer.json()["status_url"])

    def describe(self) -> None:
        """Have all of them described, without a note of it."""
        wait_ended(self.admin, self.admin.post(f"{ROOT}/bulk-enrich/", {"codes": self.codes})["status_url"])

    def status_of(self, code: str) -> Any:
        return self.admin.get(f"{ROOT}/{code}/")["enrichment_status"]


def wait_ended(admin: Api, path: str) -> None:
    until(lambda: admin.get(path)["status"] in {"completed", "error"})
