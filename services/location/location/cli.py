"""Commands of operators: ``python -m location.cli --help``."""

import asyncio
from typing import Annotated

import typer
from ecatalog.core.settings import complaint
from ecatalog.db.database import Database
from ecatalog.events.broker import Broker

from location.erasing import erase as erase_agent
from location.settings import LocationSettings

app = typer.Typer(no_args_is_help=True, add_completion=False)
positions = typer.Typer(help="Administer the positions of agents.", no_args_is_help=True)

Agent = Annotated[str, typer.Option(help="Code of the agent.")]


@positions.callback()
def commands() -> None:
    """Administer the positions of agents."""


@positions.command()
def erase(agent: Agent) -> None:
    """Delete everything of an agent for good: points, position, counts and events."""
    try:
        settings = LocationSettings()
    except ValueError as error:
        typer.echo(f"erase: the settings are not usable: {complaint(error)}", err=True)
        raise typer.Exit(1) from None
    points = asyncio.run(_erase(settings, agent))
    typer.echo(f"{points} points of {agent} were erased.")


async def _erase(settings: LocationSettings, agent: str) -> int:
    database = Database(settings.dsn)
    broker = Broker(settings.nats_url, "location-cli")
    try:
        return await erase_agent(database, broker, agent)
    finally:
        await broker.close()
        await database.close()


app.add_typer(positions, name="location")

if __name__ == "__main__":
    app()
