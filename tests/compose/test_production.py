"""Outside development: with secrets of one's own it runs, with those of the example it does not."""

import secrets
from collections.abc import Callable, Iterator
from contextlib import closing

import pytest

from deploy.local.cluster import free_port
from deploy.local.demo.api import Api, RefusedError
from tests.compose.system import System
from tests.compose.test_secrets import SECRETS

pytestmark = [pytest.mark.compose, pytest.mark.timeout(600)]


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
        login = ("--username", "boss", "--password", "Long-enough-7", "--email", "boss@example.com")
        production.execute("auth-api", "python", "manage.py", "createsuperuser", *login)
        api.sign_in("boss", "Long-enough-7")
        assert api.count("/api/v1/project/") == 0
