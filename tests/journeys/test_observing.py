"""What an operator sees: every process tells of itself, and one id names a request in every log that it reaches."""

import json
from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import httpx
import pytest

from deploy.local.cluster import Cluster
from deploy.local.demo.api import Api
from deploy.local.environment import LOOPBACK
from tests.onec import OneC
from tests.sources import connect, unique

pytestmark = pytest.mark.cluster

SERVICES = ("auth", "catalog", "integration", "media", "location")
EVERYWHERE = (
    "process_resident_memory_bytes", "http_requests_total{", "outbox_oldest_unpublished_seconds ", "dead_letters_open ",
    'database_pool_size{pool="transactions"}', 'database_pool_in_use{pool="statements"}',
    'database_pool_waiting{pool="statements"}',
)  # fmt: skip
OF_CONSUMERS = (  # location reads nobody's events
    "consumer_pending_messages{", "consumer_last_fetch_timestamp_seconds{", "events_redelivered_total{",
    "events_consumed_total{",
)  # fmt: skip
OWN = {
    "catalog": ("imports_unfinished ",),
    "integration": ("syncs_running ", "syncs_waiting "),
    "media": ("renditions_waiting ", "renditions_failed_total "),
}
OF_WORKERS = {
    "integration": ("sync_rows_fetched_total{", "sync_rows_total{", "syncs_ended_total{"),
}


@pytest.fixture
def http() -> Iterator[httpx.Client]:
    with httpx.Client(trust_env=False) as client:
        yield client


def lines(cluster: Cluster, process: str, **facts: Any) -> list[dict[str, Any]]:
    """What a process logged with these facts."""
    text = cluster.log(process).read_text(encoding="utf-8", errors="replace")
    found = (json.loads(line) for line in text.splitlines() if line.startswith("{"))
    return [line for line in found if facts.items() <= line.items()]


@pytest.mark.usefixtures("admin")
@pytest.mark.parametrize("service", SERVICES)
def test_every_process_tells_how_it_is(cluster: Cluster, http: httpx.Client, service: str) -> None:
    ports = next(one for one in cluster.components.services if one.name == service)
    for port in (ports.api_port, ports.worker_port):
        url = f"http://{LOOPBACK}:{port}"
        assert http.get(f"{url}/health/live").json() == {"status": "ok", "checks": {"database": "ok"}}
        assert http.get(f"{url}/health/ready").json()["status"] == "ok"
        page = http.get(f"{url}/metrics").text
        expected = EVERYWHERE + OWN.get(service, ())
        if port == ports.worker_port:
            expected += OF_WORKERS.get(service, ()) + (() if service == "location" else OF_CONSUMERS)
        assert [metric for metric in expected if f"\n{metric}" not in page] == []
    api = f"http://{LOOPBACK}:{ports.api_port}"
    assert http.get(f"{api}/openapi.json").json()["info"]["title"] == f"E-Catalog: {service}"
    assert "text/html" in http.get(f"{api}/docs").headers["content-type"]


def test_documentation_shows_each_service_by_itself(admin: Api) -> None:
    paths = {service: set(admin.get("/api/schema/", service=service, format="json")["paths"]) for service in SERVICES}
    assert all(paths.values())
    assert set(admin.get("/api/schema/", format="json")["paths"]) == set().union(*paths.values())


def test_request_is_found_by_its_id_in_each_log_that_its_change_reaches(cluster: Cluster, admin: Api) -> None:
    request = f"journey:{uuid4().hex}"
    body = {"code_1c": unique("LOG"), "name": "A product whose way is followed"}
    answer = admin.http.post("/api/v1/nomenklatura/", json=body, headers={"X-Request-ID": request})
    assert (answer.status_code, answer.headers["x-request-id"]) == (201, request)

    # It has no picture, so media has nothing to do with it.
    cluster.wait(lambda: bool(lines(cluster, "media-worker", request_id=request, outcome="passed")), 30)
    (event,) = lines(cluster, "media-worker", request_id=request, outcome="passed")
    assert event["type"] == "ecatalog.catalog.nomenklatura.changed.v1"
    cluster.wait(lambda: bool(lines(cluster, "catalog-api", request_id=request, event="a request")), 30)
    (served,) = lines(cluster, "catalog-api", request_id=request, event="a request")
    assert (served["route"], served["status"], served["service"]) == ("/api/v1/nomenklatura/", 201, "catalog-api")
    cluster.wait(lambda: bool(lines(cluster, "gateway", request_Id=request)), 30)
    (access,) = lines(cluster, "gateway", request_Id=request)
    assert (access["RequestMethod"], access["DownstreamStatus"]) == ("POST", 201)


def test_sync_is_found_by_the_id_of_the_request_that_started_it(cluster: Cluster, admin: Api, onec: OneC) -> None:
    source = connect(admin, onec.wsdl())
    request = f"journey-{uuid4().hex}"
    started = admin.http.post(
        f"/api/v1/integration/sync/clients/{source.integration}/", headers={"X-Request-ID": request}
    )
    assert admin.follow_sync(started.json()["task_id"]).status == "completed"

    for process, kind, outcome in (
        ("catalog-worker", "ecatalog.integration.chunk.ready.v1", "handled"),
        ("integration-worker", "ecatalog.catalog.chunk.applied.v1", "handled"),
        ("media-worker", "ecatalog.catalog.client.changed.v1", "passed"),
    ):
        facts = {"request_id": request, "type": kind, "outcome": outcome}
        cluster.wait(lambda: bool(lines(cluster, process, **facts)), 30)  # noqa: B023 - called at once
    complete = {"request_id": request, "event": "a sync is complete"}
    cluster.wait(lambda: bool(lines(cluster, "integration-worker", **complete)), 30)
