"""Loads files of the operator's machine, of any size that is kept."""

from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from ecatalog.db.database import Database

from integration.files.limits import StorageLimits
from integration.files.pieces import Part
from integration.files.service import NamedPart
from integration.uploads.service import start


async def load(
    database: Database, limits: StorageLimits, integration_id: int, paths: Sequence[Path], *, is_dry_run: bool
) -> dict[str, Any]:
    """Keep files and start the run that reads them; returns what the route answers. Raises an ApiError."""
    with ExitStack() as opened:
        files = [
            NamedPart(path.name, Part(opened.enter_context(path.open("rb")), path.stat().st_size)) for path in paths
        ]
        return await start(database, limits, integration_id, files, is_dry_run=is_dry_run)
