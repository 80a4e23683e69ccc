"""Counts the outcomes of rows."""

from collections.abc import Iterable, Sequence

from ecatalog.jobs.progress import JobError, Progress

from catalog.imports.reader.parsing import Rejected
from catalog.upsert.incoming import RowOutcome


def progress_of(outcomes: Sequence[RowOutcome], rejected: Iterable[Rejected]) -> Progress:
    """Return the numbers of rows that were written or tried, and of all that are ``rejected``."""
    statuses = [outcome.status for outcome in outcomes]
    unchanged = statuses.count("unchanged")
    return {
        "created": statuses.count("created"), "updated": statuses.count("updated") + unchanged, "unchanged": unchanged,
        "errors": [_job_error(one) for one in rejected],
    }  # fmt: skip


def _job_error(one: Rejected) -> JobError:
    return JobError(one.code, one.errors[0]["error"], one.row, {"errors": one.errors, "cells": one.cells})
