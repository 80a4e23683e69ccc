"""Gives commands to whoever runs the system: ``python -m catalog.cli --help``."""

from enum import StrEnum
from typing import Annotated

import typer
from ecatalog.core.settings import complaint
from pydantic import ValidationError

app = typer.Typer(help="Look after the catalog of E-Catalog.", no_args_is_help=True, add_completion=False)

SETUP = 2


class Language(StrEnum):
    """Lists the languages of descriptions: Uzbek, Russian, English."""

    UZ = "uz"
    RU = "ru"
    EN = "en"


Products = Annotated[bool, typer.Option("--nomenklatura", help="Products only.")]
Clients = Annotated[bool, typer.Option("--client", help="Clients only.")]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Ask the model, show before and after, save nothing.")]
Limit = Annotated[int | None, typer.Option(min=1, help="At most so many rows in all.")]
Project = Annotated[str | None, typer.Option(help="Rows of the project with this code only.", metavar="CODE")]
Written = Annotated[Language, typer.Option(help="The language of the descriptions.")]
Concurrency = Annotated[int, typer.Option(min=1, max=256, help="Requests to the model at once.")]
Overwrite = Annotated[bool, typer.Option("--overwrite", help="Describe rows that have a description, too.")]
MaxCost = Annotated[float | None, typer.Option(min=0.000001, help="Stop before more is spent.", metavar="USD")]
MaxTokens = Annotated[int | None, typer.Option(min=1, help="Stop before more tokens are used.")]
Review = Annotated[bool, typer.Option("--review", help="Keep what is written as drafts, for editors to accept.")]


@app.callback()
def commands() -> None:
    """Keep the name of a single command part of the command line."""


@app.command("generate_descriptions")
def generate_descriptions(
    nomenklatura: Products = False,
    client: Clients = False,
    dry_run: DryRun = False,
    limit: Limit = None,
    project: Project = None,
    language: Written = Language.UZ,
    concurrency: Concurrency = 4,
    overwrite: Overwrite = False,
    max_cost: MaxCost = None,
    max_tokens: MaxTokens = None,
    review: Review = False,
) -> None:
    """Let a model describe the products and clients that have no description.

    Needs OPENAI_API_KEY; OPENAI_MODEL (gpt-3.5-turbo) and OPENAI_BASE_URL name another model or server. Each
    description is saved as it comes, so the command can be stopped at any time and started again.

    Exit codes: 0 every row was done; 1 some were not (failed, a limit, Ctrl-C); 2 it could not begin.
    """
    import psycopg
    import uvloop

    from catalog.descriptions.command import Command, CommandOptions  # the model's library is slow to import
    from catalog.descriptions.failures import RunStopped
    from catalog.descriptions.run import DescribeOptions
    from catalog.entities.client import CLIENT
    from catalog.entities.nomenklatura import NOMENKLATURA
    from catalog.settings import CatalogSettings

    both = nomenklatura == client
    options = CommandOptions(
        kinds=[kind for kind, chosen in ((NOMENKLATURA, nomenklatura), (CLIENT, client)) if chosen or both],
        describe=DescribeOptions(language.value, overwrite, review),
        concurrency=concurrency, dry_run=dry_run, limit=limit, project=project, max_tokens=max_tokens,
        max_cost=max_cost,
    )  # fmt: skip
    try:
        code = uvloop.run(Command(CatalogSettings(), options).run())
    except RunStopped as reason:
        typer.echo(f"generate_descriptions: {reason}", err=True)
        code = SETUP
    except psycopg.OperationalError as error:
        typer.echo(f"generate_descriptions: the database does not answer: {' '.join(str(error).split())}", err=True)
        code = SETUP
    except ValidationError as error:
        typer.echo(f"generate_descriptions: the settings are not usable: {complaint(error)}", err=True)
        code = SETUP
    raise typer.Exit(code)


if __name__ == "__main__":
    app()
