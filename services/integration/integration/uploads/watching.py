"""Loads files from a terminal, and watches the run that reads them."""

from collections.abc import Sequence
from pathlib import Path

from ecatalog.commands.problems import Problem
from ecatalog.core.errors import ApiError, FieldErrors, NotFound
from ecatalog.db.database import Database

from integration.files.limits import StorageLimits
from integration.syncs.console import watch
from integration.uploads.console import load


async def load_and_watch(
    database: Database, limits: StorageLimits, integration_id: int, files: Sequence[Path], *, is_dry_run: bool
) -> int:
    """Load files as one set and watch its run; returns the exit code. Raises :class:`Problem`."""
    try:
        started = await load(database, limits, integration_id, files, is_dry_run=is_dry_run)
    except NotFound as error:
        told = error.body.get("message") or f"there is no integration {integration_id}"
        raise Problem(told) from None
    except FieldErrors as error:
        raise Problem(" ".join(sentence for sentences in error.body.values() for sentence in sentences)) from None
    except ApiError as error:
        raise Problem(error.body.get("message") or error.body["detail"]) from None
    return await watch(database, [started["task_id"]])
