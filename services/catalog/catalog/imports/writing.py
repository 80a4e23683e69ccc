"""Writes rows of a workbook."""

from collections.abc import Sequence
from functools import partial
from typing import Any

from ecatalog.db.sql import Connection

from catalog.client.service import keep_within, of_regions
from catalog.entities.registry import ENTITIES
from catalog.imports.reader.parsing import Rejected
from catalog.imports.schemas import ImportArgs
from catalog.upsert.engine import write
from catalog.upsert.incoming import Incoming, RowOutcome

NEW_ROWS = {"project": {"description": ""}}
"""New projects get an empty description, and not null: clients know it so from the imports of the old system."""

NOT_STORED = {"error": "The workbook holds a value that cannot be stored."}


async def write_rows(
    connection: Connection, args: ImportArgs, rows: Sequence[tuple[int, dict[str, Any]]]
) -> tuple[list[RowOutcome], list[Rejected]]:
    """Write rows of the sheet, or only say what would become of them; and those that are rejected."""
    entity = ENTITIES[args.kind]
    # The values lose the code.
    incoming = [Incoming(row, cells.pop(entity.code), args.project_id, args.any_project, cells) for row, cells in rows]
    async with connection.transaction(force_rollback=args.dry_run):
        outcomes = await write(
            connection, entity, incoming, of_regions(args.regions), new=NEW_ROWS.get(entity.name, {}),
            keep=partial(keep_within, args.regions),
        )  # fmt: skip
    sent = {one.position: one for one in incoming}
    rejected = [
        Rejected(one.position, one.code, _errors(one), {entity.code: one.code} | sent[one.position].values)
        for one in outcomes
        if one.status == "error"
    ]
    return outcomes, rejected


def _errors(outcome: RowOutcome) -> list[dict[str, str]]:
    return [{"column": name, "error": message} for name, messages in outcome.errors.items() for message in messages]
