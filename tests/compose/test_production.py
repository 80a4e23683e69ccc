"""Outside development: with secrets of one's own it runs, with those of the example it does not."""

import re
import secrets
from collections.abc import Callable, Iterator
from contextlib import closing

import pytest

from deploy.local.cluster import free_port
from deploy.local.demo.api import Api, RefusedError
from tests.compose.system import LOOPBACK, System
from tests.compose.test_secrets import SECRETS
from tests.onec import simulated
from tests.sources import connect

pytestmark = [pytest.mark.compose, pytest.mark.timeout(600)]
PASSWORD = "Long-enough-7"


@pytest.fixture(scope="module")
def production(project: Callable[..., System]) -> Iterator[System]:
    own = {name: "s" + secrets.token_hex(24) for name in SECRETS}
    system = project("production", free_port(), ECATALOG_ENV="production", **own)
    system.compose("up", "--detach", "--build", "--wait")
    yield system
    system.remove()


def test_it_does_not_start_with_the_secrets_of_the_example(project: Callable[..., System]) -> None:
    careless = project("careless", free_port(), ECATALOG_ENV="production")
    done = careless.try_compose("up", "--detach", "--build", "--wait")
    said = careless.compose("logs", "--no-color", "--no-log-prefix", "catalog-migrate", "nats")
    careless.remove()

    assert done.returncode != 0
    assert "nats: NATS_PASSWORD still has its development value" in said
    assert not [line for line in said.splitlines() if "Traceback" in line]


def test_it_runs_and_knows_nobody_until_an_administrator_is_made(production: System) -> None:
    with closing(Api(production.base_url)) as api:
        assert api.get("/api/health/")["status"] == "ok"
        with pytest.raises(RefusedError, match="401"):
            api.sign_in("admin", "admin123")
        make_administrator(production, "boss")
        api.sign_in("boss", PASSWORD)
        assert api.count("/api/v1/project/") == 0


def make_administrator(system: System, name: str) -> None:
    login = ("--username", name, "--password", PASSWORD, "--email", f"{name}@example.com")
    system.execute("auth-api", "python", "manage.py", "createsuperuser", *login)


@pytest.fixture
def administrator(production: System) -> Iterator[Api]:
    make_administrator(production, "keeper")
    with closing(Api(production.base_url)) as api:
        api.sign_in("keeper", PASSWORD)
        yield api


def test_1c_may_be_on_the_machine_but_not_among_our_own_services(production: System, administrator: Api) -> None:
    with simulated("--host", production.machine, products=3, clients=3) as onec:
        beside = connect(administrator, onec.wsdl().replace(LOOPBACK, production.machine)).sync()
    inside = connect(administrator, "http://catalog-api:8002/base/ws/Catalog.1cws?wsdl").sync()

    assert (beside.status, beside.created) == ("completed", 3)
    assert (inside.status, inside.total) == ("error", 0)
    refusal = (
        r"The address catalog-api leads to \S+, an address of the network of our own services, which must not be called"
    )
    assert re.fullmatch(refusal, str(inside.message))
