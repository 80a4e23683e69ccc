"""The subscribers of docs/examples, run as a stranger would run them."""

import itertools
import json
import os
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Mapping
from contextlib import closing
from pathlib import Path
from typing import Any

from deploy.local import binaries
from deploy.local.cluster import Cluster

EXAMPLES = binaries.ROOT / "docs" / "examples"
Row = dict[str, Any]
_numbers = itertools.count(1)


class Subscriber:
    """One subscriber with a file and a place in the stream of its own. ``kill`` is ``kill -9``."""

    def __init__(self, cluster: Cluster, command: list[str], folder: Path) -> None:
        self._cluster = cluster
        self._command = command
        number = next(_numbers)
        self.file = folder / f"products-{number}"
        self._log = folder / f"log-{number}"
        self._environment = {
            **os.environ,
            "EVENTS_URL": cluster.environment.outside_nats_url(),
            "EVENTS_CONSUMER": f"ext_test_{os.getpid()}_{number}",
            "EVENTS_FILE": str(self.file),
        }

    def __enter__(self) -> "Subscriber":
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.kill()

    def start(self) -> None:
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(
                self._command, env=self._environment, stdin=subprocess.DEVNULL, stdout=log, stderr=subprocess.STDOUT
            )

    def kill(self) -> None:
        self._process.kill()
        self._process.wait()

    def wait(self, products: Mapping[int, list[str]], within: float = 120.0) -> None:
        """Wait until each of these products has had just these names, one after the other."""
        try:
            self._cluster.wait(lambda: self.names(products) == dict(products), within)
        except TimeoutError as error:
            raise AssertionError(f"{self.names(products)}; it said: {self._log.read_text()[-2000:]}") from error

    def names(self, products: Mapping[int, object]) -> dict[int, list[str]]:
        found: dict[int, list[str]] = {product: [] for product in products}
        for row in self.changes():
            if row["id"] in found:
                found[row["id"]].append(row["name"])
        return found

    def changes(self) -> list[Row]:
        """Every effect it had, in order."""
        raise NotImplementedError

    def rows(self, products: Mapping[int, object]) -> dict[int, Row]:
        """The products as it knows them now."""
        return {row["id"]: row for row in self.changes() if row["id"] in products}


class PythonSubscriber(Subscriber):
    def __init__(self, cluster: Cluster, folder: Path) -> None:
        super().__init__(cluster, [sys.executable, str(EXAMPLES / "python" / "subscriber.py")], folder)

    def changes(self) -> list[Row]:
        return [json.loads(row) for (row,) in self._query("select row from change order by number")]

    def rows(self, products: Mapping[int, object]) -> dict[int, Row]:
        known = (json.loads(row) for (row,) in self._query("select row from product"))
        return {row["id"]: row for row in known if row["id"] in products}

    def _query(self, sql: str) -> list[tuple[str]]:
        with closing(sqlite3.connect(self.file)) as database:
            if not database.execute("select 1 from sqlite_master where name = 'event'").fetchone():
                return []
            return database.execute(sql).fetchall()


class JavaScriptSubscriber(Subscriber):
    def __init__(self, cluster: Cluster, folder: Path) -> None:
        super().__init__(cluster, ["node", str(EXAMPLES / "javascript" / "subscriber.mjs")], folder)

    def changes(self) -> list[Row]:
        written = self.file.read_text(encoding="utf-8") if self.file.exists() else ""
        whole = written[: written.rfind("\n") + 1].splitlines()
        return [row for line in whole for row in json.loads(line)["changed"]]


def missing_for_javascript() -> str:
    """Why the JavaScript subscriber cannot run here, or nothing."""
    if shutil.which("node") is None:
        return "node is not installed"
    if not (EXAMPLES / "javascript" / "node_modules").is_dir():
        return "`npm install` was not run in docs/examples/javascript"
    return ""
