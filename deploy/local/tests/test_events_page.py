"""docs/events.md says what is so."""

import json
import re

import pytest
from ecatalog.contracts.base import REGISTRY, EventData, EventType
from ecatalog.events.envelope import decode

from deploy.local import binaries, components
from deploy.local.directory import DataDirectory
from deploy.local.environment import Environment
from deploy.local.passwords import Passwords

PAGE = (binaries.ROOT / "docs" / "events.md").read_text(encoding="utf-8")


def test_address_and_account_are_those_of_the_local_system(directory: DataDirectory) -> None:
    passwords = Passwords(directory.secrets)
    environment = Environment.of(components.load(8000), passwords, directory.root, {})
    command = re.search(r'export EVENTS_URL="(.+)"', PAGE)
    assert command is not None
    address = environment.outside_nats_url()
    password = (directory.secrets / "nats_outside_password").read_text(encoding="utf-8").strip()
    assert command[1].replace("$(cat .data/secrets/nats_outside_password)", password) == address


def test_event_on_the_page_is_a_real_one() -> None:
    block = re.search(r"```json\n(.+?)```", PAGE, re.DOTALL)
    assert block is not None
    written = json.loads(block[1])
    event = decode(block[1].encode())
    assert REGISTRY[event.type].dataschema == written["dataschema"]
    [row] = event.data.rows
    assert set(written["data"]["rows"][0]) <= set(type(row).model_fields)


@pytest.mark.parametrize("kind", [kind for kind in REGISTRY.values() if kind.public])
def test_every_public_event_is_named(kind: EventType[EventData]) -> None:
    noun = kind.subject.split(".", 2)[2]
    assert f"`{noun}`" in PAGE
