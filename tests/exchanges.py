"""Bases that send their goods by themselves into the cluster of the tests."""

from dataclasses import dataclass
from typing import Any

from deploy.local.demo.api import Api
from deploy.local.onec.commerceml.goods import Base
from deploy.local.onec.exchange.__main__ import main
from tests.sources import unique, walk

_OWN = {"id", "project", "project_id", "project_name", "project_code_1c", "created_at", "updated_at"}


@dataclass(frozen=True)
class Node:
    """One exchange node of a base: what is entered in 1C, and where its goods go."""

    api: Api
    project: int
    integration: int
    url: str
    login: str
    password: str

    @property
    def arguments(self) -> tuple[str, str, str]:
        return self.url, self.login, self.password

    def exchange(self, *options: str) -> int:
        """Have the simulated 1C send its goods; returns its exit code."""
        return main([*self.arguments, *options])

    def choose(self, base: Base) -> None:
        """Let the first price type fill the base price, and all warehouses but the last the stock."""
        chosen = {
            "preset": "commerceml", "price_types": {"base_price": base.price_types[0].key},
            "stock": [one.key for one in base.warehouses[:2]], "confirm": True,
        }  # fmt: skip
        self.api.put(f"/api/v1/integration/{self.integration}/mapping/", chosen)

    def state(self) -> list[dict[str, Any]]:
        """The products by code, without what is of their own row."""
        found = walk(self.api, "/api/v1/nomenklatura/", project_id=self.project, limit=500, ordering="code_1c")
        return [{name: value for name, value in row.items() if name not in _OWN} for row in found]

    def runs(self, **filters: str | int) -> list[dict[str, Any]]:
        """The runs of this node, newest first."""
        found = self.api.get("/api/v1/integration/history/", integration_id=self.integration, limit=100, **filters)
        return list(found["results"])


def connect_node(api: Api, project: int | None = None, **fields: Any) -> Node:
    """A node with an integration of its own, in a new project unless one is given."""
    code = unique("SENT")
    if project is None:
        project = int(api.post("/api/v1/project/", {"code_1c": code, "name": f"Test {code}"})["id"])
    body = {"name": f"1C of {code}", "project": project, "kind": "commerceml-exchange", **fields}
    integration = int(api.post("/api/v1/integration/", body)["id"])
    login = api.post(f"/api/v1/integration/{integration}/exchange-password/")
    url = f"{str(api.http.base_url).rstrip('/')}/1c/{integration}/"
    return Node(api, project, integration, url, login["exchange_login"], login["password"])
