"""Evaluates the rules for Prometheus that compare gauges, on what a page of metrics says."""

import re
from collections.abc import Iterable
from typing import Any

import yaml
from prometheus_client.parser import text_string_to_metric_families

from deploy.local.binaries import ROOT

ALERTS = ROOT / "deploy" / "prometheus" / "alerts.yml"
_COMPARISON = re.compile(r"max by \(([\w, ]+)\) \((\w+)\) > (\d+)")

Labels = tuple[str, ...]


def rules() -> dict[str, str]:
    """The expression of each alert."""
    groups: list[dict[str, Any]] = yaml.safe_load(ALERTS.read_text(encoding="utf-8"))["groups"]
    return {rule["alert"]: rule["expr"] for group in groups for rule in group["rules"]}


def firing(alert: str, page: str) -> set[Labels]:
    """The labels for which an alert fires. Fails for an expression that is more than comparisons joined by ``and``."""
    parts = [_COMPARISON.fullmatch(part.strip()) for part in rules()[alert].split(" and ")]
    found = [_matching(page, *part.groups()) for part in parts if part]
    assert len(found) == len(parts), rules()[alert]
    return set.intersection(*found)


def _matching(page: str, by: str, metric: str, limit: str) -> set[Labels]:
    names = [name.strip() for name in by.split(",")]
    most: dict[Labels, float] = {}
    for labels, value in _samples(page, metric):
        key = tuple(labels.get(name, "") for name in names)
        most[key] = max(value, most.get(key, value))
    return {key for key, value in most.items() if value > float(limit)}


def _samples(page: str, metric: str) -> Iterable[tuple[dict[str, str], float]]:
    for family in text_string_to_metric_families(page):
        yield from ((sample.labels, sample.value) for sample in family.samples if sample.name == metric)
