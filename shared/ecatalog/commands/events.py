"""Implements ``manage.py events``: follow events, and repair what others know."""

import asyncio
from collections.abc import Iterator, Sequence
from typing import Annotated

import typer

from ecatalog.commands import dead, moments, resync, tail
from ecatalog.commands import replay as replaying
from ecatalog.commands import services as installed
from ecatalog.commands.problems import Problem
from ecatalog.commands.services import Services
from ecatalog.core.settings import Settings

app = typer.Typer(help="Follow the events between services, and repair what their readers know.", no_args_is_help=True)

Context = typer.Context
OfServices = Annotated[
    list[str] | None, typer.Option("--service", help="Only this service; may be given several times.")
]


@app.command("tail")
def tail_(
    context: Context,
    subject: Annotated[
        str,
        typer.Argument(
            help="What to follow, as `catalog`, `media.image` or a whole NATS subject; everything if left out."
        ),
    ] = "",
    data: Annotated[bool, typer.Option("--data", help="Show each event whole, as JSON, one a line.")] = False,
    count: Annotated[int, typer.Option(help="Stop after so many events.", min=1, show_default="never")] = 0,
) -> None:
    """Follow events as they are published, until Ctrl-C."""
    services = installed.of(context)
    settings = services.enter(services.names[0])
    asyncio.run(tail.follow(settings.nats_url, tail.subjects(subject), whole=data, count=count))


@app.command("replay")
def replay_(
    context: Context,
    service: OfServices = None,
    since: Annotated[
        str, typer.Option(help="Events since then: 2h, 3d or an ISO 8601 time.", show_default="all that is kept")
    ] = "",
    kind: Annotated[
        list[str] | None,
        typer.Option("--type", help="Only this type, as `project.changed`; may be given several times."),
    ] = None,
) -> None:
    """Publish again what the outboxes keep (7 days), after the broker lost its store.

    Events keep their ids and sequences, so a reader that had one already ignores it. Commands, such as a sync's
    `chunk.ready`, are never published again. What is older than the outboxes keep comes back by `events resync`.
    """
    start = moments.parse(since) if since else None
    for name, settings in _chosen(installed.of(context), service):
        asyncio.run(replaying.run(name, settings, start, kind or ()))


@app.command("resync")
def resync_(
    context: Context,
    names: Annotated[list[str] | None, typer.Argument(metavar="NAME...", help="What to publish; see below.")] = None,
    everything: Annotated[bool, typer.Option("--all", help="Publish everything that can be.")] = False,
) -> None:
    """Let services publish their current data again, however old it is.

    NAME is one of projects, clients, nomenklatura (catalog), images, references (media), integrations (integration),
    users (auth), positions (location). Every row, hidden and deleted ones too, becomes an ordinary event, so the
    copies that other services keep, and other people's subscribers, are complete again. Doing it twice is harmless.
    """
    services = installed.of(context)
    for name, (service, sources) in resync.chosen(services, names or [], everything=everything).items():
        asyncio.run(resync.run(name, services.enter(service), sources))


@app.command("dead")
def dead_(context: Context, service: OfServices = None) -> None:
    """List dead letters: events that could not be handled after ten attempts, or could not be sent.

    The exit code is 1 when there are any.
    """
    shown = 0
    for name, settings in _chosen(installed.of(context), service):
        shown += asyncio.run(dead.show(name, settings))
    if not shown:
        typer.echo("There are no dead letters.")
    raise typer.Exit(bool(shown))


@app.command("retry")
def retry_(
    context: Context,
    letters: Annotated[
        list[str] | None, typer.Argument(metavar="ID...", help="As `events dead` shows it, such as catalog:12.")
    ] = None,
    everything: Annotated[bool, typer.Option("--all", help="Every dead letter there is.")] = False,
) -> None:
    """Handle dead letters again, after their reason was removed. One that fails again stays."""
    services = installed.of(context)
    failed = 0
    for name, ids in dead.chosen(services, letters or [], everything=everything).items():
        failed += asyncio.run(dead.retry(name, services.enter(name), ids))
    raise typer.Exit(bool(failed))


def _chosen(services: Services, names: Sequence[str] | None) -> Iterator[tuple[str, Settings]]:
    """Give the chosen services, all if none, each with its environment entered."""
    for name in names or ():
        if name not in services.names:
            raise Problem(f"there is no service {name} here; there is {', '.join(services.names)}")
    for name in names or services.names:
        yield name, services.enter(name)
