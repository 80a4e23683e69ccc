"""The second half of the demonstration: a 1C that sends its goods by itself, and a choice of what becomes public."""

import tempfile
import time
from pathlib import Path
from typing import Any

from deploy.local.demo.api import Api
from deploy.local.demo.report import Report
from deploy.local.onec.commerceml import sets
from deploy.local.onec.commerceml.goods import Base
from deploy.local.onec.exchange.habits import Habits
from deploy.local.onec.exchange.session import Exchange
from deploy.local.onec.exchange.site import Site
from deploy.local.problems import ClusterError

PROJECT = {"code_1c": "DEMO-SENT", "name": "Demo that is sent", "title": "Products that the simulated 1C sends"}
INTEGRATION = {"name": "Simulated 1C that sends", "kind": "commerceml-exchange"}
GOODS, SEED, PREFIX = 300, 2, "ЦБ-"  # codes of another base than that of the web service
STREAMS = ("nomenklatura", "prices", "stock")
RETAIL = "Розничная"
_WITHIN = 60.0
_NUMBERS = ("total", "created", "updated", "unchanged", "errors")


class ExchangeDemo:
    """Has a simulated 1C send its goods to the system behind ``api``, and reports each step to ``report``."""

    def __init__(self, api: Api, report: Report) -> None:
        self._api = api
        self._report = report

    def fill(self) -> None:
        """Fill the system. Raises ClusterError when 1C gives its exchange up."""
        project = self._project()
        integration = self._integration(project)
        before = self._newest(integration)
        self._exchange(integration)
        self._show_runs(integration, before)
        self._choose(integration)
        self._show(project)

    def _project(self) -> int:
        found = self._api.find(f"/api/v1/project/{PROJECT['code_1c']}/")
        self._report.fact("project", f"{PROJECT['code_1c']}, {'there already' if found else 'made'}")
        return int((found or self._api.post("/api/v1/project/", PROJECT))["id"])

    def _integration(self, project: int) -> int:
        all_of_them: list[dict[str, Any]] = self._api.get("/api/v1/integration/")
        ours = [row for row in all_of_them if row["name"] == INTEGRATION["name"] and row["project"] == project]
        made = ours[0] if ours else self._api.post("/api/v1/integration/", {**INTEGRATION, "project": project})
        self._report.fact("integration", f"{made['id']}, {'there already' if ours else 'made'}")
        return int(made["id"])

    def _exchange(self, integration: int) -> None:
        """Enter address, login and password in 1C, and have it send everything."""
        login = self._api.post(f"/api/v1/integration/{integration}/exchange-password/")
        address = f"{str(self._api.http.base_url).rstrip('/')}/1c/{integration}/"
        self._report.fact("1C sends to", f"{address} as {login['exchange_login']}")
        said: list[str] = []

        def say(text: str) -> None:
            said.append(text)
            self._report.progress("exchange", text.partition("\n")[0])

        with tempfile.TemporaryDirectory() as folder:
            files = sets.generate(Path(folder), Base(GOODS, SEED, PREFIX), "2.07")
            site = Site(address, login["exchange_login"], login["password"], Habits())
            if not Exchange(site, files, "2.07", Habits(), say, is_packed=True).run():
                raise ClusterError("1C gave its exchange up: " + "\n".join(said[-2:]))

    def _newest(self, integration: int) -> int:
        runs = self._runs(integration)
        return int(runs[0]["id"]) if runs else 0

    def _runs(self, integration: int) -> list[dict[str, Any]]:
        found = self._api.get("/api/v1/integration/history/", integration_id=integration, limit=20)
        return list(found["results"])

    def _show_runs(self, integration: int, before: int) -> None:
        """Show what became of each stream; each file was a run."""
        runs = [run for run in self._runs(integration) if run["id"] > before]
        found = [self._api.get(f"/api/v1/integration/sync/status/{run['task_id']}/")["streams"] for run in runs]
        for name in STREAMS:
            of_stream = [stream for streams in found for stream in streams if stream["stream"] == name]
            total, created, updated, unchanged, errors = (sum(one[key] for one in of_stream) for key in _NUMBERS)
            numbers = f"{created} created, {updated} updated ({unchanged} unchanged), {errors} errors"
            self._report.fact(f"sent {name}", f"{total} records: {numbers}")

    def _choose(self, integration: int) -> None:
        """Choose which price type fills the base price, as a person does who sees their names."""
        types = self._api.post(f"/api/v1/integration/{integration}/check/")["price_types"]
        (retail,) = (one["key"] for one in types if one["name"] == RETAIL)
        path = f"/api/v1/integration/{integration}/mapping/"
        mapping = self._api.get(path)
        if mapping["price_types"]["base_price"] != retail or mapping["stock"] != "total":
            before = self._newest(integration)
            chosen = {"price_types": {"base_price": retail}, "stock": "total", "confirm": True}
            self._api.put(path, {"preset": mapping["preset"], **chosen})
            self._wait_for_columns(integration, before)
        self._report.fact("chosen", f"{RETAIL} fills base_price, the total fills stock_quantity")

    def _wait_for_columns(self, integration: int, before: int) -> None:
        """Wait for the run that fills the columns that were chosen, out of what is kept."""
        deadline = time.monotonic() + _WITHIN
        while time.monotonic() < deadline:
            newest = self._runs(integration)[0]
            if newest["id"] > before and newest["status"] in {"completed", "error"}:
                return
            time.sleep(0.1)
        raise ClusterError("the columns that were chosen have not been filled")

    def _show(self, project: int) -> None:
        self._report.fact("products sent", str(self._api.count("/api/v1/nomenklatura/", project_id=project)))
        first = self._api.get("/api/v1/nomenklatura/", project_id=project, limit=1, ordering="code_1c")["results"][0]
        price, stock = first["base_price"], first["stock_quantity"]
        self._report.fact("the first of them", f"{first['name']}: {price} {first['currency']}, {stock} in stock")
