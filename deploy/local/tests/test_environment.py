from dataclasses import replace
from pathlib import Path

import pytest

from deploy.local import components, environment
from deploy.local.directory import DataDirectory
from deploy.local.environment import Environment
from deploy.local.passwords import Passwords
from deploy.local.problems import ClusterError


@pytest.fixture
def filled(directory: DataDirectory) -> Environment:
    outer = {"PATH": "/bin", "PGHOST": "elsewhere", "DATABASE_URL": "postgresql://elsewhere", "RATE_LIMIT_ANON": "off"}
    return Environment.of(components.load(18000), Passwords(directory.secrets), directory.root, outer)


def test_a_service_gets_its_database_its_port_and_the_addresses_of_the_others(filled: Environment) -> None:
    catalog = filled.components.services[1]
    variables = filled.service(catalog, catalog.worker_port)
    password = filled.passwords.get("catalog_service_password")

    assert variables["DATABASE_URL"] == f"postgresql://catalog_service:{password}@127.0.0.1:18010/catalog_db"
    assert (variables["HOST"], variables["PORT"]) == ("127.0.0.1", "18022")
    assert variables["AUTH_URL"] == "http://127.0.0.1:18001"
    assert variables["PORTAL_URL"] == "http://127.0.0.1:18008"
    assert variables["NATS_URL"].endswith("@127.0.0.1:18011")
    assert variables["ECATALOG_ENV"] == "development"


def test_each_service_has_a_secret_key_of_its_own_and_all_share_the_internal_one(filled: Environment) -> None:
    auth, integration = (filled.service(filled.components.services[number], 1) for number in (0, 2))

    assert auth["SECRET_KEY"] != integration["SECRET_KEY"]
    assert auth["INTERNAL_SECRET"] == integration["INTERNAL_SECRET"]


def test_the_callers_variables_come_along_but_not_those_of_another_database(filled: Environment) -> None:
    variables = filled.common()

    assert variables["RATE_LIMIT_ANON"] == "off"
    assert "PGHOST" not in variables
    assert "DATABASE_URL" not in variables


def test_a_plain_value_of_the_table_is_a_default(filled: Environment) -> None:
    elsewhere = replace(filled, outer={"TIME_ZONE": "Europe/Berlin"})

    assert filled.common()["TIME_ZONE"] == "Asia/Tashkent"
    assert elsewhere.common()["TIME_ZONE"] == "Europe/Berlin"


def test_a_placeholder_that_nobody_fills_in_is_named(filled: Environment) -> None:
    table = replace(filled.components, environment={"BROKER": "{brokr_url}"})

    with pytest.raises(ClusterError, match="brokr_url"):
        replace(filled, components=table).common()


def test_every_variable_of_the_table_is_filled_in(filled: Environment) -> None:
    for service in filled.components.services:
        values = filled.service(service, service.api_port)
        names = [*filled.components.environment, *service.environment]
        assert [name for name in names if "{" in values[name] or not values[name]] == []


def test_the_shell_wins_over_the_env_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / ".env"
    file.write_text("# a comment\nECATALOG_PORT=8100\nexport LOG_LEVEL='DEBUG'\n\nnot a variable\n")
    monkeypatch.setenv("ECATALOG_PORT", "8200")

    outer = environment.outer(file)

    assert (outer["ECATALOG_PORT"], outer["LOG_LEVEL"]) == ("8200", "DEBUG")
    assert environment.base_port(outer) == 8200


@pytest.mark.parametrize(
    ("line", "value"),
    [
        ("NAME=plain", "plain"),
        ("  NAME = spaced out  ", "spaced out"),
        ("export NAME=exported", "exported"),
        ("NAME='it # is \"quoted\"'", 'it # is "quoted"'),
        ('NAME="it\'s quoted"', "it's quoted"),
        ("NAME='quoted'  # a comment", "quoted"),
        ("NAME=plain # a comment", "plain"),
        ("NAME=pass#word", "pass#word"),
        ("NAME=pa$$word${HOME}", "pa$$word${HOME}"),
        ("NAME=a=b==", "a=b=="),
        ("NAME=имя", "имя"),
        ("NAME=", ""),
        ("NAME=first\r\nNAME=second\r\n", "second"),
        ("# NAME=commented out", None),
        ("  # NAME=commented out", None),
        ("NAME", None),
    ],
)
def test_line_of_the_env_file_gives_its_value(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, line: str, value: str | None
) -> None:
    file = tmp_path / ".env"
    file.write_text(f"{line}\nLAST=1\n", encoding="utf-8", newline="")
    monkeypatch.delenv("NAME", raising=False)
    read = environment.outer(file)
    assert (read.get("NAME"), read["LAST"]) == (value, "1")


def test_a_port_that_is_no_number_is_one_clear_line() -> None:
    with pytest.raises(ClusterError, match="ECATALOG_PORT=http is not a port number"):
        environment.base_port({"ECATALOG_PORT": "http"})


def test_without_an_env_file_the_defaults_hold(tmp_path: Path) -> None:
    assert "ECATALOG_HOST" not in environment.outer(tmp_path / "none")
    assert environment.base_port({}) == 8000
    assert environment.data_directory({}).root.name == ".data"
