"""Each service gets into its own database, and into nothing else of PostgreSQL."""

import json

import pytest

from deploy.local import components
from tests.compose.composition import defaults
from tests.compose.system import System

pytestmark = [pytest.mark.compose, pytest.mark.timeout(600)]
TABLE = components.load(8000)
TRY = """
import json, sys, psycopg
def outcome(dsn):
    try:
        psycopg.connect(dsn, connect_timeout=10).close()
        return "in"
    except psycopg.OperationalError as error:
        return str(error)
print(json.dumps([outcome(dsn) for dsn in json.loads(sys.argv[1])]))
"""


def outcomes(system: System, dsns: list[str]) -> list[str]:
    answer = system.execute("location-api", "python", "-c", TRY, json.dumps(dsns))
    return [str(each) for each in json.loads(answer)]


@pytest.mark.parametrize("service", TABLE.services, ids=lambda service: service.name)
def test_a_role_gets_into_its_own_database_alone(system: System, service: components.Service) -> None:
    own = defaults(f"{service.name}-api")["DATABASE_URL"]
    databases = [each.database for each in TABLE.services] + ["postgres", "template1"]
    found = outcomes(system, [own.replace(service.database, database) for database in databases])

    assert dict(zip(databases, found, strict=True))[service.database] == "in"
    refused = [outcome for database, outcome in zip(databases, found, strict=True) if database != service.database]
    assert all("permission denied for database" in outcome for outcome in refused)


def test_nobody_gets_in_with_another_password_or_as_superuser(system: System) -> None:
    own = defaults("auth-api")["DATABASE_URL"]
    another, superuser = outcomes(
        system, [own.replace("development-only", "guessed"), own.replace("auth_service", "postgres")]
    )

    assert "password authentication failed" in another
    assert "pg_hba.conf rejects connection" in superuser
