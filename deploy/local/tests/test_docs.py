"""What the documentation names exists, and what there is to name it names."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml
from ecatalog.contracts.base import REGISTRY
from ecatalog.db.pool import METRICS
from pydantic_settings import BaseSettings

from deploy import docs
from deploy.docs import GATEWAY, PAGE, ROOT, page

ARCHITECTURE, OPERATING = ROOT / "docs" / "architecture.md", ROOT / "docs" / "operating.md"
ALERTS = ROOT / "deploy" / "prometheus" / "alerts.yml"
PAGES = (ARCHITECTURE, OPERATING, PAGE)
SERVICES = ("auth", "catalog", "integration", "media", "location")
DECLARED = re.compile(r'\b(?:Counter|Gauge|Histogram)\(\s*"([a-z]+(?:_[a-z]+)+)"')
TOLD = re.compile(r"^\| (`.*?) \|", re.MULTILINE)
NAME = re.compile(r"\b[a-z]+(?:_[a-z]+)+\b")


def test_configuration_is_what_the_classes_say() -> None:
    assert PAGE.read_text(encoding="utf-8") == page(), "docs/configuration.md is out of date: run `make docs`"


def test_each_variable_of_the_gateway_is_told() -> None:
    told = {name for name, *_ in GATEWAY}
    texts = [file.read_text(encoding="utf-8") for file in (ROOT / "gateway").glob("*.yml")]
    read = {name for text in texts for name in re.findall(r'\(?env "([A-Z_]+)"', text)}
    assert {name for name in read if not name.endswith("_URL")} == told - {"…_URL"}


def test_setting_without_a_description_is_refused() -> None:
    class Silent(BaseSettings):
        quiet: int = 1

    with pytest.raises(ValueError, match="quiet has no description"):
        docs._rows(Silent)


def test_secrets_are_never_shown_but_the_one_that_everybody_knows() -> None:
    shown = {line for line in page().splitlines() if "| secret |" in line}
    assert {line.split("|")[3].strip() for line in shown} == {"", "`development-only`"}


@pytest.mark.parametrize("document", PAGES, ids=lambda path: path.name)
def test_files_that_a_page_names_exist(document: Path) -> None:
    text = document.read_text(encoding="utf-8")
    named = set(re.findall(r"`((?:shared|services|gateway|deploy|docs)/[\w./-]+)`", text))
    linked = set(re.findall(r"\]\(([\w./-]+)\)", text))
    assert [name for name in named if not (ROOT / name).exists()] == []
    assert [name for name in linked if not (document.parent / name).exists()] == []


def test_walks_lead_through_files_that_exist() -> None:
    text = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    walks = text.partition("## Three walks")[2].partition("\n## ")[0]
    named = re.findall(r"`((?:catalog|ecatalog)/[\w/]+\.py)`", walks)
    roots = {"catalog": ROOT / "services" / "catalog", "ecatalog": ROOT / "shared"}
    assert len(named) > 30
    assert [name for name in named if not (roots[name.partition("/")[0]] / name).is_file()] == []


def test_decisions_are_numbered_one_after_the_other() -> None:
    files = sorted((ROOT / "docs" / "adr").glob("*.md"))
    assert [int(file.name.split("-")[0]) for file in files] == list(range(1, len(files) + 1))
    for number, file in enumerate(files, 1):
        assert file.read_text(encoding="utf-8").startswith(f"# {number}. "), file.name


def test_architecture_tells_of_every_event_and_its_stream() -> None:
    rows = [line for line in ARCHITECTURE.read_text(encoding="utf-8").splitlines() if line.startswith("| `ecatalog.")]
    told = {
        (name, stream)
        for types, stream in ((row.split("|")[1], row.split("|")[2].strip(" `")) for row in rows)
        for name in re.findall(r"`([\w.]+)`", types)
    }
    assert told == {(kind.name, kind.stream) for kind in REGISTRY.values()}


def declared() -> Iterator[str]:
    """The metrics of our own, as the code declares them."""
    for folder in ("shared/ecatalog", "gateway/portal", *(f"services/{name}/{name}" for name in SERVICES)):
        for file in (ROOT / folder).rglob("*.py"):
            yield from DECLARED.findall(file.read_text(encoding="utf-8"))
    yield from (name for name, _ in METRICS)


def test_operators_are_told_of_every_metric() -> None:
    section = OPERATING.read_text(encoding="utf-8").partition("## Metrics")[2].partition("\n## ")[0]
    told = {name for cell in TOLD.findall(section) for name in NAME.findall(re.sub(r"\{.*?\}", "", cell))}
    assert {name for name in told if not name.startswith("process_")} == set(declared())


def test_alerts_are_rules_over_metrics_that_exist() -> None:
    rules = [rule for group in yaml.safe_load(ALERTS.read_text(encoding="utf-8"))["groups"] for rule in group["rules"]]
    named = {name for rule in rules for name in NAME.findall(re.sub(r'"[^"]*"', "", rule["expr"]))}
    assert len(rules) == len({rule["alert"] for rule in rules}) > 5
    assert named <= set(declared())
