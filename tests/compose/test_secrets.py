"""Outside development nothing starts with the secrets of the example."""

import os
import subprocess
import sys

import pytest
from ecatalog.core.settings import DEVELOPMENT_SECRET

from deploy.local import binaries
from tests.compose.composition import asked_for, defaults

SECRETS = {name for name in asked_for() if name.endswith(("_PASSWORD", "_SECRET", "_SECRET_KEY"))} - {"S3_SECRET_KEY"}
ONES_OF_A_SERVICE = {
    "auth": "DATABASE_URL, NATS_URL, INTERNAL_SECRET, SECRET_KEY",
    "catalog": "DATABASE_URL, NATS_URL, INTERNAL_SECRET",
    "integration": "DATABASE_URL, NATS_URL, INTERNAL_SECRET, SECRET_KEY",
    "media": "DATABASE_URL, NATS_URL, INTERNAL_SECRET",
    "location": "DATABASE_URL, NATS_URL, INTERNAL_SECRET",
}


def refused(command: list[str], variables: dict[str, str], kind: str = "production") -> str:
    """What a program says that does not start."""
    done = subprocess.run(
        command,
        env={"PATH": os.environ["PATH"], **variables, "ECATALOG_ENV": kind},
        cwd=binaries.ROOT,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 1, done.stdout + done.stderr
    assert done.stdout == ""
    return done.stderr


@pytest.mark.parametrize("name", ONES_OF_A_SERVICE)
def test_a_service_names_each_secret_that_everybody_knows(name: str) -> None:
    said = refused([sys.executable, "-m", name, "migrate"], defaults(f"{name}-migrate"))

    known = f"{ONES_OF_A_SERVICE[name]} still have their development values; set your own outside development"
    assert said == f"{name}: the settings are not usable: {known}\n"


@pytest.mark.parametrize("variable", ["NATS_PASSWORD", "NATS_OUTSIDE_PASSWORD"])
def test_the_broker_names_a_password_that_everybody_knows(variable: str) -> None:
    variables = dict.fromkeys(("NATS_PASSWORD", "NATS_OUTSIDE_PASSWORD"), "own") | {variable: DEVELOPMENT_SECRET}
    said = refused(["sh", "deploy/docker/nats.sh"], variables)

    assert said == f"nats: {variable} still has its development value; set your own outside development\n"


@pytest.mark.parametrize(
    ("program", "variable"), [("gateway", "ECATALOG_HOST"), ("nats", "EVENTS_HOST")], ids=["gateway", "broker"]
)
def test_others_do_not_reach_a_development_system_without_a_word(program: str, variable: str) -> None:
    for host in ("10.0.0.1", "::", "192.0.2.1"):
        said = refused(["sh", f"deploy/docker/{program}.sh"], defaults(program) | {variable: host}, "development")
        assert said.startswith(f"{program}: {variable}={host} lets others ")
        assert said.count("\n") == 1


def test_every_secret_has_the_value_that_is_refused_until_somebody_sets_it() -> None:
    assert {name: asked_for()[name] for name in SECRETS - {"DEMO_PASSWORD"}} == dict.fromkeys(
        SECRETS - {"DEMO_PASSWORD"}, DEVELOPMENT_SECRET
    )
    assert len(SECRETS) == 11
