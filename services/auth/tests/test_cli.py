"""createsuperuser: by options, by the environment, by prompts."""

from collections.abc import Callable
from typing import Any

import psycopg
import pytest
from auth.cli import app
from auth.passwords import recommended
from auth.settings import AuthSettings
from typer.testing import CliRunner, Result

Run = Callable[..., Result]


@pytest.fixture
def run(bare: AuthSettings, monkeypatch: pytest.MonkeyPatch) -> Run:
    monkeypatch.setenv("DATABASE_URL", bare.dsn)

    def call(*arguments: str, typed: str = "", **environment: str) -> Result:
        return CliRunner().invoke(app, ["createsuperuser", *arguments], input=typed, env=environment)

    return call


def administrators(settings: AuthSettings) -> list[tuple[Any, ...]]:
    with psycopg.connect(settings.dsn) as connection:
        found = connection.execute("select username, email, password from users where role = 'admin'").fetchall()
    return [(name, email, recommended().verify(password, "secret-123")) for name, email, password in found]


def test_options_make_an_administrator(run: Run, bare: AuthSettings) -> None:
    result = run("--username", "chief", "--email", "c@example.com", "--password", "secret-123", "--noinput")
    assert (result.exit_code, result.output) == (0, "The administrator chief was made.\n")
    assert administrators(bare) == [("chief", "c@example.com", True)]


def test_environment_makes_an_administrator(run: Run, bare: AuthSettings) -> None:
    result = run("--noinput", ECATALOG_SUPERUSER_USERNAME="chief", ECATALOG_SUPERUSER_PASSWORD="secret-123")
    assert result.exit_code == 0
    assert administrators(bare) == [("chief", "", True)]


def test_what_is_missing_is_asked_for(run: Run, bare: AuthSettings) -> None:
    result = run(typed="chief\nc@example.com\nsecret-123\nsecret-123\n")
    assert result.exit_code == 0
    assert "secret-123" not in result.output
    assert administrators(bare) == [("chief", "c@example.com", True)]


def test_empty_email_is_fine(run: Run, bare: AuthSettings) -> None:
    assert run(typed="chief\n\nsecret-123\nsecret-123\n").exit_code == 0
    assert administrators(bare) == [("chief", "", True)]


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        (("--username", "chief", "--noinput"), "needs a username and a password"),
        (("--username", "chief", "--password", "short", "--noinput"), "Ensure this field has at least 8 characters."),
        (("--username", "no blanks", "--password", "secret-123", "--noinput"), "Enter a valid username."),
        (("--username", "c", "--password", "secret-123", "--email", "x", "--noinput"), "Enter a valid email address."),
    ],
)
def test_unusable_input_is_one_clear_line(
    run: Run, bare: AuthSettings, arguments: tuple[str, ...], reason: str
) -> None:
    result = run(*arguments)
    assert result.exit_code == 1
    assert reason in result.output
    assert result.output.count("\n") == 1
    assert administrators(bare) == []


def test_settings_that_cannot_be_used_are_one_line_without_secrets(run: Run) -> None:
    secrets = {"ECATALOG_ENV": "production", "SECRET_KEY": "own-key", "DATABASE_URL": "postgres:/auth:own-password@db"}
    result = run("--username", "chief", "--password", "secret-123", "--noinput", **secrets)
    assert (result.exit_code, result.output.count("\n")) == (1, 1)
    assert "DATABASE_URL" in result.output
    assert "own-" not in result.output


def test_name_in_use_is_one_clear_line(run: Run) -> None:
    arguments = ("--username", "chief", "--password", "secret-123", "--noinput")
    run(*arguments)
    result = run(*arguments)
    assert (result.exit_code, result.output.count("\n")) == (1, 1)
    assert "A user with that username already exists." in result.output


def test_missing_settings_are_one_clear_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("DATABASE_URL", raising=False)
    result = CliRunner().invoke(app, ["createsuperuser", "--username", "c", "--password", "secret-123", "--noinput"])
    assert result.exit_code == 1
    assert "DATABASE_URL" in result.output.upper()


def test_rotated_key_is_listed_beside_the_one_it_follows(bare: AuthSettings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", bare.dsn)
    first, second = (CliRunner().invoke(app, ["keys", "rotate"]) for _ in range(2))
    assert (first.exit_code, second.exit_code) == (0, 0)
    kids = [result.output.split()[3] for result in (first, second)]
    shown = CliRunner().invoke(app, ["keys", "list"], env={"COLUMNS": "160"}).output
    assert all(kid in shown for kid in kids)
    assert shown.count("signs soon") == 2
    assert shown.count("it is replaced") == 1
