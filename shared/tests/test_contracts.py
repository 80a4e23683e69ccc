"""Published events are promises: their schemas are stored, and change only by addition."""

import json
from pathlib import Path
from typing import Any

import ecatalog.contracts as contracts
import pytest
from ecatalog.contracts.base import REGISTRY, EventData, EventType
from ecatalog.contracts.schemas import FOLDER, stored

ALL = sorted(REGISTRY)


@pytest.mark.parametrize("name", ALL)
def test_stored_schema_is_the_models(name: str) -> None:
    assert stored(name) == REGISTRY[name].model.model_json_schema(), "run `make contracts` and read the diff"


def test_nothing_is_stored_for_types_that_are_gone() -> None:
    assert sorted(path.stem for path in FOLDER.glob("*.json")) == ALL


@pytest.mark.parametrize("name", ALL)
def test_recorded_event_still_parses(name: str) -> None:
    recorded = json.loads((Path(__file__).parent / "recorded" / f"{name}.json").read_text())
    REGISTRY[name].model.model_validate(recorded)


def test_public_types_are_those_of_catalog_and_media_and_the_alarms_of_sources() -> None:
    public = {kind.name: kind.service for kind in REGISTRY.values() if kind.public}
    assert set(public.values()) == {"catalog", "integration", "media"}
    assert [name for name, service in public.items() if service == "integration"] == [
        "ecatalog.integration.source.alarm.v1"
    ]


def test_public_client_rows_hold_no_way_to_reach_them() -> None:
    fields = set(contracts.catalog.ClientRow.model_fields)
    assert not {field for field in fields if any(word in field for word in ("phone", "email", "address", "person"))}


def test_internal_subjects_lie_below_internal() -> None:
    kinds: list[EventType[EventData]] = list(REGISTRY.values())
    assert all(kind.subject.startswith("internal.") is not kind.public for kind in kinds)


def test_unknown_fields_of_a_newer_sender_are_passed_over() -> None:
    kind = REGISTRY["ecatalog.auth.keys.rotated.v1"]
    newer: dict[str, Any] = {"kids": ["a"], "added_later": 1}
    assert kind.model.model_validate(newer).model_dump() == {"kids": ["a"]}
