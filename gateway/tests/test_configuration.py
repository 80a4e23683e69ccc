"""The gateway as it runs: its version, its log, its own entry point."""

import re

from .issuer import Issuer
from .traefik import Traefik

FLOOR = (3, 7, 10)  # the newest release that closes a hole known to us


def test_running_version_is_above_the_floor(gateway: Traefik) -> None:
    versions = [line["version"] for line in gateway.lines() if "version" in line]
    assert versions
    assert tuple(int(number) for number in re.findall(r"\d+", versions[0])) >= FLOOR


def test_start_gives_no_cause_for_a_warning(gateway: Traefik) -> None:
    assert [line for line in gateway.lines() if line["level"] != "info"] == []


def test_internal_entry_point_tells_health_and_metrics(gateway: Traefik, issuer: Issuer) -> None:
    gateway.get("/api/v1/client/", issuer.bearer())
    assert gateway.own("/ping").status == 200
    metrics = gateway.own("/metrics").body.decode()
    assert re.search(r'traefik_service_requests_total\{.*service="catalog@file"', metrics)


def test_internal_entry_point_serves_no_service(gateway: Traefik, issuer: Issuer) -> None:
    for path in ("/api/v1/project/", "/api/v1/client/", "/api/token/", "/"):
        assert gateway.own(path, [issuer.bearer()]).status == 404
