"""The command line: what it offers where, and what it does to databases."""

import asyncio
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import orjson
import psycopg
import pytest
from ecatalog.commands.problems import Problem
from ecatalog.commands.root import command_line
from ecatalog.commands.services import Services
from ecatalog.contracts.media import PICTURE_CHANGED
from ecatalog.events.broker import Broker
from ecatalog.testing.databases import empty
from ecatalog.testing.nats import NatsServer
from typer.core import TyperGroup

from deploy.backup.commands import commands
from deploy.local import binaries, manage

OF_A_SERVICE = {
    "auth": {"createsuperuser", "keys"},
    "integration": {"sync"},
    "media": {"media"},
    "location": {"location"},
}


def leaves(group: TyperGroup, *path: str) -> Iterator[list[str]]:
    for name, command in group.commands.items():
        if isinstance(command, TyperGroup):
            yield from leaves(command, *path, name)
        else:
            yield [*path, name]


def test_every_command_explains_itself(capsys: pytest.CaptureFixture[str]) -> None:
    root = command_line(Services(manage.environment_of), manage.app, commands(manage.restart))
    found = [" ".join(path) for path in leaves(root)]
    wanted = {"createsuperuser", "keys list", "keys rotate", "generate_descriptions", "media check", "location erase"}
    wanted |= {"health", "demo", "backup", "restore", "sync look", "sync list", "sync run", "sync watch"}
    wanted |= {"sync check", "sync sample", "sync load"}
    assert wanted | {f"events {name}" for name in ("tail", "replay", "resync", "dead", "retry")} <= {*found}
    for path in leaves(root):
        root([*path, "--help"], prog_name="manage.py", standalone_mode=False)
        assert "Usage: manage.py" in capsys.readouterr().out


def test_every_command_has_its_example_in_the_documentation() -> None:
    page = (binaries.ROOT / "docs" / "manage.md").read_text(encoding="utf-8")
    for path in leaves(command_line(Services(manage.environment_of), manage.app, commands(manage.restart))):
        assert f"python manage.py {' '.join(path)}" in page


@pytest.mark.parametrize("service", OF_A_SERVICE)
def test_container_of_a_service_offers_only_its_commands(service: str, tmp_path: Path) -> None:
    """Where only ``shared`` and one service are installed, and nothing of ``deploy``."""
    packages = next(path for path in sys.path if path.endswith("site-packages"))
    installed = [packages, str(binaries.ROOT / "shared"), str(binaries.ROOT / "services" / service)]
    program = "import sys; from ecatalog.commands.root import *; print(*command_line(Services()).commands)"
    environment = {"PYTHONPATH": os.pathsep.join(installed), "PATH": os.environ["PATH"]}
    command = [sys.executable, "-S", "-c", program]  # -S: the others are installed here by .pth files
    done = subprocess.run(command, env=environment, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert (done.stderr, set(done.stdout.split())) == ("", OF_A_SERVICE[service] | {"events"})


@pytest.fixture
def catalog(migrated: Callable[[str], str], monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """The address of catalog's database, which is empty; its environment is put back afterwards."""
    dsn = migrated("catalog")
    empty(dsn)
    monkeypatch.setenv("DATABASE_URL", dsn)
    yield dsn
    empty(dsn)


def call(*arguments: str) -> int:
    """The exit code of a command."""
    outcome = command_line(Services())(list(arguments), prog_name="manage.py", standalone_mode=False, obj=Services())
    return outcome or 0


def image(**changes: Any) -> dict[str, Any]:
    paths = dict.fromkeys(("path", "sm_path", "md_path", "lg_path", "thumbnail_path"), "/media/x.jpg")
    times = dict.fromkeys(("created_at", "updated_at"), "2026-01-01T00:00:00+05:00")
    flags = {"is_main": True, "is_active": True, "is_deleted": False}
    return {"image_id": 7, "owner_type": "project", "owner_id": 1, **paths, **times, **flags, **changes}


def bury(dsn: str, data: dict[str, Any], consumer: str = "catalog") -> int:
    """A dead letter of the catalog about a picture; its id."""
    event_id = uuid4()
    body = {"id": str(event_id), "type": PICTURE_CHANGED.name, "subject": "7", "sequence": "5", "data": data}
    with psycopg.connect(dsn, autocommit=True) as connection:
        row = connection.execute(
            "insert into dead_letter (origin, consumer, event_id, type, body, error)"
            " values ('consumer', %s, %s, %s, %s, 'ValueError: it was broken') returning id",
            (consumer, event_id, PICTURE_CHANGED.name, orjson.dumps(body)),
        ).fetchone()
    assert row is not None
    return int(row[0])


def images(dsn: str) -> int:
    with psycopg.connect(dsn) as connection:
        return len(connection.execute("select from image").fetchall())


def test_dead_letters_are_listed_with_their_reason(catalog: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert call("events", "dead", "--service", "catalog") == 0
    assert "There are no dead letters." in capsys.readouterr().out
    letter = bury(catalog, image())
    assert call("events", "dead", "--service", "catalog") == 1
    shown = capsys.readouterr().out
    assert all(part in shown for part in (f"catalog:{letter}", "ValueError: it was broken", PICTURE_CHANGED.name))


def test_retried_letter_has_its_effect_and_one_that_fails_again_stays(
    catalog: str, capsys: pytest.CaptureFixture[str]
) -> None:
    good, bad, foreign = bury(catalog, image()), bury(catalog, {"image_id": 8}), bury(catalog, image(), "gone")
    assert call("events", "retry", f"catalog:{good}") == 0
    assert images(catalog) == 1
    assert call("events", "retry", f"catalog:{good}", f"catalog:{bad}", f"catalog:{foreign}") == 1
    shown = capsys.readouterr().out
    assert f"catalog:{good} was handled\n" in shown
    assert f"catalog:{good} there is no such dead letter" in shown
    assert f"catalog:{bad} failed again: ValidationError" in shown
    assert f"catalog:{foreign} has no reader gone any longer" in shown
    assert call("events", "dead", "--service", "catalog") == 1


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        (["replay", "--type", "no.such"], "there is no event type no.such; there is auth.keys.rotated"),
        (["replay", "--type", "chunk.ready"], "is a command, which is never published again"),
        (["replay", "--service", "nobody"], "there is no service nobody here"),
        (["resync"], "say what to publish, or --all; there is users"),
        (["resync", "everything"], "nothing is called everything"),
        (["retry"], "or --all"),
        (["retry", "twelve"], "twelve is no id of a dead letter"),
    ],
)
@pytest.mark.usefixtures("catalog")
def test_impossible_wish_is_one_clear_line(arguments: list[str], reason: str) -> None:
    with pytest.raises(Problem, match=reason) as caught:
        call("events", *arguments)
    assert "\n" not in str(caught.value)


async def test_tail_shows_events_as_they_are_published(catalog: str, nats_server: NatsServer) -> None:
    following = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "ecatalog.commands.root", "events", "tail", "catalog.project", "--count", "1",
        env={**os.environ, "DATABASE_URL": catalog, "NATS_URL": nats_server.url},
        stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE,
    )  # fmt: skip
    assert following.stdout is not None
    assert following.stderr is not None
    assert b"Following" in await following.stderr.readline()
    broker = Broker(nats_server.url, "tests")
    await broker.connect()
    event = {"type": "ecatalog.catalog.project.changed.v1", "time": "2026-01-01T10:00:00Z", "subject": "1"}
    rows = [{"code_1c": f"P{number}", "name": "Проект"} for number in range(5)]
    for subject in ("ecatalog.catalog.client.changed", "ecatalog.catalog.project.changed"):
        await broker.client.publish(subject, orjson.dumps({**event, "sequence": "12", "data": {"rows": rows}}))
    await broker.client.flush()
    shown = (await following.stdout.read()).decode()
    assert "catalog.project.changed.v1" in shown
    assert "#12" in shown
    assert shown.endswith("5 rows: P0 Проект, P1 Проект, P2 Проект, …\n")
    assert await following.wait() == 0
    await broker.close()
