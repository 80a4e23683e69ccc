"""``manage.py`` against a cluster, and what services know of each other in it."""

import os
import shutil
import signal
import subprocess
import sys
from typing import Any

import psycopg

from deploy.local import binaries
from deploy.local.cluster import Cluster

PROJECTIONS = {
    "auth": ("project",),
    "catalog": ("image", "integration"),
    "integration": ("project",),
    "media": ("project", "client", "nomenklatura"),
}
Row = tuple[Any, ...]


def manage(cluster: Cluster, *arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
    """Run a command to its end, which comes within two minutes."""
    own = {"ECATALOG_DATA": str(cluster.directory.root), "ECATALOG_PORT": str(cluster.port), "COLUMNS": "160"}
    return subprocess.run(
        [sys.executable, "manage.py", *arguments],
        cwd=binaries.ROOT,
        env={**os.environ, **own, **variables},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def managed(cluster: Cluster, *arguments: str) -> str:
    """What a command printed that had to succeed."""
    done = manage(cluster, *arguments)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def rows(cluster: Cluster, service: str, sql: str, *parameters: Any) -> list[Row]:
    """What a query gives, or nothing where a statement gives nothing."""
    found = next(each for each in cluster.components.services if each.name == service)
    with psycopg.connect(cluster.environment.database_url(found), autocommit=True) as connection:
        cursor = connection.execute(sql.encode(), parameters or None)
        return cursor.fetchall() if cursor.description else []


def projections(cluster: Cluster) -> dict[str, list[Row]]:
    """Every row that a service keeps of another's, but for the sequence of the event that told it, and since when."""
    sql = "select (to_jsonb(t) - '{{sequence,asked_at}}'::text[])::text from {} t order by 1"
    return {
        f"{service}.{table}": rows(cluster, service, sql.format(table))
        for service, tables in PROJECTIONS.items()
        for table in tables
    }


def all_told(cluster: Cluster) -> bool:
    """Whether every event was sent."""
    return not any(
        rows(cluster, service.name, "select 1 from outbox where published_at is null limit 1")
        for service in cluster.components.services
    )


def lose_store(cluster: Cluster) -> None:
    """Let the broker lose everything it stored, while the system runs."""
    cluster.kill("nats", signal.SIGSTOP)  # else it writes new files while the old ones are removed
    shutil.rmtree(cluster.directory.nats / "jetstream")
    cluster.wait_restarted("nats", cluster.kill("nats"))
    cluster.wait(cluster.is_healthy, within=60)
