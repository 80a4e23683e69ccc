"""The groups of a product as two columns: ``roditel``, the group it lies in, and ``category``, one above it."""

import asyncio
from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import NamedTuple

from ecatalog.db.pool import Transaction
from ecatalog.db.sql import compose, execute

from integration.connectors.commerceml.classifier import GroupEntry

_LONGEST_RODITEL, _LONGEST_CATEGORY = 255, 150

LABELS = compose("concat(g.roditel, E'\\t', g.category)")
"""SQL for the ``labels`` of a row with the group ``g``."""

# What this run says of a group stands in the place of what was kept.
_GROUPS = """
    select distinct on (e.classifier, e.key) e.classifier, e.key, e.name, coalesce(e.parent_key, ''),
           coalesce(e.data ? 'deleted', false)
      from (
        select s.classifier, s.key, s.name, s.parent_key, s.data, 1 as rank
          from staged_entry s where s.job_id = %(job_id)s and s.sort = 'group'
         union all
        select k.classifier, k.key, k.name, k.parent_key, k.data, 2
          from classifier_entry k where k.integration_id = %(integration_id)s and k.sort = 'group'
      ) e
     order by e.classifier, e.key, e.rank
"""
_TABLE = "create temporary table group_label (key text, roditel text, category text) on commit drop"
_COPY = b"copy group_label (key, roditel, category) from stdin (format binary)"
_SIZE = "analyze group_label"


class Label(NamedTuple):
    """The two columns of a product whose first group it is; None for a group without a name."""

    roditel: str | None
    category: str | None


async def add_labels(connection: Transaction, job_id: int, integration_id: int, level: int | None) -> None:
    """Make the temporary table ``group_label(key, roditel, category)`` of all groups that are known. Phase compare.

    It holds the groups of ``classifier_entry`` and, in their place, of ``staged_entry``; it is gone with the
    transaction. A row of the catalog takes the columns of its first group: join by ``groups[1]``. A group that nobody
    knows is not in it, and leaves the columns alone.
    """
    rows = await execute(connection, _GROUPS, {"job_id": job_id, "integration_id": integration_id}, prepare=False)
    found = await asyncio.to_thread(_all_labels, await rows.fetchall(), level)
    await execute(connection, _TABLE, prepare=False)
    async with connection.cursor() as cursor, cursor.copy(_COPY) as copy:
        copy.set_types(("text", "text", "text"))
        for key, label in found.items():
            await copy.write_row((key, *label))
    await execute(connection, _SIZE, prepare=False)


def labels(groups: Mapping[str, GroupEntry], level: int | None) -> dict[str, Label]:
    """Return the labels of the groups of one classifier.

    ``level`` counts from the root, which is 1; None means the root, or if there is one root alone what stands in it. A
    group above the level is a category itself. One that stands in itself, by whatever way, begins a tree.
    """
    parents = _without_cycles({key: _parent(groups, key) for key in groups})
    if level is None:
        roots = sum(not parent and not groups[key].deleted for key, parent in parents.items())
        level = 2 if roots == 1 else 1
    categories = _categories(parents, level)
    return {
        key: Label(group.name[:_LONGEST_RODITEL] or None, groups[categories[key]].name[:_LONGEST_CATEGORY] or None)
        for key, group in groups.items()
    }


def _all_labels(rows: Iterable[tuple[str, str, str, str, bool]], level: int | None) -> dict[str, Label]:
    classifiers: defaultdict[str, dict[str, GroupEntry]] = defaultdict(dict)
    for classifier, key, name, parent, deleted in rows:
        classifiers[classifier][key] = GroupEntry(name, parent, deleted)
    return {key: label for groups in classifiers.values() for key, label in labels(groups, level).items()}


def _parent(groups: Mapping[str, GroupEntry], key: str) -> str:
    """Return the key of the group that it stands in; empty for a root, and where nobody knows that group."""
    parent = groups[key].parent
    return parent if parent in groups else ""


def _without_cycles(parents: dict[str, str]) -> dict[str, str]:
    """Let the smallest key of each cycle be a root."""
    known: set[str] = set()
    for start in list(parents):
        way: dict[str, None] = {}
        key = start
        while key and key not in known and key not in way:
            way[key] = None
            key = parents[key]
        if key in way:
            passed = list(way)
            parents[min(passed[passed.index(key) :])] = ""
        known.update(way)
    return parents


def _categories(parents: Mapping[str, str], level: int) -> dict[str, str]:
    """Return for each group its ancestor at a level, or itself."""
    found: dict[str, tuple[int, str]] = {"": (0, "")}
    for start in parents:
        way = []
        key = start
        while key not in found:
            way.append(key)
            key = parents[key]
        depth, category = found[key]
        for below in reversed(way):
            depth += 1
            category = below if depth <= level else category
            found[below] = depth, category
    return {key: category for key, (_, category) in found.items()}
