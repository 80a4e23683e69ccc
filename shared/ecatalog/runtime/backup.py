"""Declares what a backup must know of a service beyond its tables: each says it in ``<service>.backup:BACKUP``."""

from collections.abc import Awaitable, Callable, Collection, Coroutine, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ecatalog.db.database import Database


@dataclass(frozen=True)
class Backup:
    """Describes a service. ``projections`` are its tables that are filled from events, with the owner of these.

    ``left_out`` are tables of which no row is saved, because what they hold comes again.
    ``prepare`` makes what the data needs in an empty database, given the names of the partitions it came from.
    ``settle`` looks at the data once it is loaded and returns what an administrator has to know, one line each.
    ``save_files`` and ``load_files`` copy what lies outside the database to and from a folder; they return the number
    of files.
    """

    projections: Mapping[str, str] = field(default_factory=dict)
    left_out: Collection[str] = frozenset()
    prepare: Callable[[Database, Sequence[str]], Awaitable[None]] | None = None
    settle: Callable[[Any, Database], Awaitable[Sequence[str]]] | None = None
    save_files: Callable[[Any, Path], Coroutine[Any, Any, int]] | None = None
    load_files: Callable[[Any, Path], Coroutine[Any, Any, int]] | None = None
