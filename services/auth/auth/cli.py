"""The commands of whoever runs the system, as ``python -m auth.cli --help`` lists them."""

import asyncio
from typing import Annotated

import typer
from ecatalog.core.errors import FieldErrors
from ecatalog.core.settings import complaint
from ecatalog.db.database import Database
from ecatalog.http.body import Body

from auth.keys.cli import app as keys
from auth.passwords import Passwords
from auth.settings import AuthSettings
from auth.users import service
from auth.users.schemas import UserBody

app = typer.Typer(no_args_is_help=True, add_completion=False)
app.add_typer(keys, name="keys")

Username = Annotated[str | None, typer.Option(envvar="ECATALOG_SUPERUSER_USERNAME", help="Name to sign in with.")]
Email = Annotated[str | None, typer.Option(envvar="ECATALOG_SUPERUSER_EMAIL", help="E-mail address; may be empty.")]
Password = Annotated[
    str | None, typer.Option(envvar="ECATALOG_SUPERUSER_PASSWORD", help="At least 8 characters. Better asked for.")
]
NoInput = Annotated[bool, typer.Option("--noinput", "--no-input", help="Ask nothing; fail if something is missing.")]


@app.command()
def createsuperuser(
    username: Username = None, email: Email = None, password: Password = None, noinput: NoInput = False
) -> None:
    """Create an administrator: asks for what the options and the environment do not say."""
    if noinput and not (username and password):
        _fail("--noinput needs a username and a password, by options or ECATALOG_SUPERUSER_… variables")
    if not noinput:
        username = username or typer.prompt("Username")
        email = typer.prompt("E-mail", default="", show_default=False) if email is None else email
        password = password or typer.prompt("Password", hide_input=True, confirmation_prompt=True)
    try:
        settings = AuthSettings()
        given = {"username": username, "email": email or "", "password": password, "role": "admin"}
        asyncio.run(_create(settings, Body(UserBody).validate(given)))
    except FieldErrors as error:
        _fail("; ".join(f"{field}: {' '.join(messages)}" for field, messages in error.body.items()))
    except ValueError as error:
        _fail(f"the settings are not usable: {complaint(error)}")
    typer.echo(f"The administrator {username} was made.")


async def _create(settings: AuthSettings, body: UserBody) -> None:
    database = Database(settings.dsn)
    passwords = Passwords()
    try:
        await service.create(database, passwords, body)
    finally:
        passwords.close()
        await database.close()


def _fail(reason: str) -> None:
    typer.echo(f"createsuperuser: {reason}", err=True)
    raise typer.Exit(1)


if __name__ == "__main__":
    app()
