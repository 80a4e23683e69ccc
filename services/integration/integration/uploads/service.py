"""Files of 1C that a person brings: kept as a set, and read by one run."""

from collections.abc import Sequence
from typing import Any

from ecatalog.core.errors import BadRequest, Conflict, FieldErrors, NotFound
from ecatalog.db.database import Database
from ecatalog.db.pool import Transaction
from ecatalog.db.sql import execute

from integration.files.limits import FileRefused, StorageLimits
from integration.files.names import clean_name
from integration.files.pieces import Part
from integration.files.reading import ARCHIVE
from integration.files.service import NamedPart, add_set
from integration.files.starting import Target, start_run
from integration.integrations.kinds import SOAP
from integration.integrations.pause import pause_sentence
from integration.syncs.args import SyncArgs
from integration.syncs.service import SwitchedOff

TAKES_NO_FILES = "This integration is of the kind soap: its rows are fetched, and no files are taken."
NEITHER = '"{}" is neither an XML file nor a ZIP archive.'
ONE_ARCHIVE = "Send XML files, or one ZIP archive alone."
EMPTY = "The submitted file is empty."
STARTED = {False: "Files are read for {}", True: "Files are tried for {}, and nothing is written"}

# The lock keeps the integration from being deleted or paused meanwhile.
_INTEGRATION = """
    select i.id, i.name, (select p.name from project p where p.id = i.project_id), i.is_active, i.kind, i.project_id,
           coalesce(i.base, i.id::text)
      from integration i where i.id = %(id)s::numeric and not i.is_deleted for update
"""


async def start(
    database: Database, limits: StorageLimits, integration_id: int, files: Sequence[NamedPart], *, is_dry_run: bool,
    user_id: int | None = None,
) -> dict[str, Any]:  # fmt: skip
    """Keep files and defer the run that reads them; in a dry run it writes nothing else.

    Raises FieldErrors for files that are none of 1C's, and what starting a sync raises.
    """
    named = _checked(files)
    async with database.transaction() as connection:
        known, name, project, target = await _target(connection, integration_id)
        try:
            file_ids = await add_set(connection, limits, known, named, is_dry_run=is_dry_run)
        except FileRefused as refused:
            raise FieldErrors({"files": [str(refused)]}) from refused
        args = SyncArgs(
            integration_id=known, sync_type="nomenklatura", started_by="file", file_ids=tuple(file_ids),
            is_dry_run=is_dry_run,
        )  # fmt: skip
        job = await start_run(connection, target, args, user_id)
    return {
        "task_id": job.task_id,
        "status": "started",
        "message": STARTED[is_dry_run].format(name),
        "integration": {"id": known, "name": name, "project": project},
    }


async def _target(connection: Transaction, integration_id: int) -> tuple[int, str, str | None, Target]:
    found = await (await execute(connection, _INTEGRATION, {"id": integration_id})).fetchone()
    if found is None:
        raise NotFound
    known, name, project, is_active, kind, project_id, base = found
    if not is_active:
        raise SwitchedOff
    if kind == SOAP:
        raise BadRequest({"detail": TAKES_NO_FILES})
    if sentence := await pause_sentence(connection, known):
        raise Conflict({"detail": sentence})
    return known, name, project, Target(known, project_id, base)


def _checked(files: Sequence[NamedPart]) -> list[NamedPart]:
    """Return the files under clean names; what is in them is looked at by the run."""
    archives = [_is_archive(part) for _, part in files]
    if any(archives) and len(files) > 1:
        raise FieldErrors({"files": [ONE_ARCHIVE]})
    named = []
    for (name, part), is_archive in zip(files, archives, strict=True):
        if not part.size:
            raise FieldErrors({"files": [EMPTY]})
        if not is_archive and not name.lower().endswith(".xml"):
            raise FieldErrors({"files": [NEITHER.format(name)]})
        try:
            named.append(NamedPart(clean_name(name), part))
        except FileRefused as refused:
            raise FieldErrors({"files": [str(refused)]}) from refused
    return named


def _is_archive(part: Part) -> bool:
    part.file.seek(0)
    return part.file.read(len(ARCHIVE)) == ARCHIVE
