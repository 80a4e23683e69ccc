"""The words of classifiers, which come in other files than the records that use them, are kept between runs."""

from collections.abc import Iterator, Mapping
from typing import Any

from ecatalog.db.pool import Transaction
from ecatalog.db.sql import execute

from integration.connectors.commerceml import Classifier
from integration.connectors.commerceml.classifier import GroupEntry, Property, Unit

_LONGEST_KEY = 255  # longer ones fit no index: such a word is of use within its own file alone

_COPY = b"copy staged_entry (job_id, classifier, sort, key, name, parent_key, data) from stdin (format binary)"
_TYPES = ("int8", "text", "text", "text", "text", "text", "jsonb")
_LOAD = """
    select classifier, sort, key, name, parent_key, data from classifier_entry
     where integration_id = %(integration_id)s order by classifier, sort, key
"""
# The keys are those of dictionaries, so that each comes once.
_KEEP = """
    insert into classifier_entry as e (integration_id, classifier, sort, key, name, parent_key, data)
    select %(integration_id)s, s.classifier, s.sort, s.key, s.name, s.parent_key, s.data
      from staged_entry s
      left join classifier_entry k on k.integration_id = %(integration_id)s and k.classifier = s.classifier
       and k.sort = s.sort and k.key = s.key
     where s.job_id = %(job_id)s
       and (k.key is null or (s.name, s.parent_key, s.data) is distinct from (k.name, k.parent_key, k.data))
     order by s.classifier, s.sort, s.key
        on conflict (integration_id, classifier, sort, key) do update
       set name = excluded.name, parent_key = excluded.parent_key, data = excluded.data
"""

Entry = tuple[str, str, str, str | None, dict[str, Any] | None]
"""The sort, key, name and parent of a word, and what else is said of it."""


async def load(connection: Transaction, integration_id: int) -> dict[str, Classifier]:
    """Return the classifiers that earlier runs kept, by their keys, for ``CommerceMLSource``. Phase fetch, at first."""
    classifiers: dict[str, Classifier] = {}
    rows = await execute(connection, _LOAD, {"integration_id": integration_id})
    for name, *entry in await rows.fetchall():
        _add(classifiers.setdefault(name, Classifier()), *entry)
    return classifiers


async def stage(connection: Transaction, job_id: int, classifiers: Mapping[str, Classifier]) -> None:
    """Stage the words of those that this run changed into ``staged_entry``. Phase fetch, after the last batch."""
    changed = {name: classifier for name, classifier in classifiers.items() if classifier.is_changed}
    if not changed:
        return
    async with connection.cursor() as cursor, cursor.copy(_COPY) as copy:
        copy.set_types(_TYPES)
        for name, classifier in changed.items():
            for sort, key, text, parent, data in _entries(classifier):
                if len(key) <= _LONGEST_KEY and len(name) <= _LONGEST_KEY:
                    await copy.write_row((job_id, name, sort, key, text, parent, data))


async def keep(connection: Transaction, job_id: int, integration_id: int) -> None:
    """Bring ``classifier_entry`` up to ``staged_entry``, writing only what differs. Phase settle."""
    await execute(connection, _KEEP, {"job_id": job_id, "integration_id": integration_id}, prepare=False)


def _entries(classifier: Classifier) -> Iterator[Entry]:
    for key, group in classifier.groups.items():
        yield "group", key, group.name, group.parent or None, {"deleted": True} if group.deleted else None
    for key, name in classifier.price_types.items():
        currency = classifier.currencies.get(key)
        yield "price_type", key, name, None, {"currency": currency} if currency else None
    for key, name in classifier.warehouses.items():
        yield "warehouse", key, name, None, None
    for key, name in classifier.categories.items():
        yield "category", key, name, None, None
    for key, unit in classifier.units.items():
        yield "unit", key, unit.name, None, {"code": unit.code}
    for key, one in classifier.properties.items():
        yield "property", key, one.name, None, {"deleted": True} if one.deleted else None
        for variant, text in one.values.items():
            yield "variant", f"{key}#{variant}", text, key, None


def _add(
    classifier: Classifier, sort: str, key: str, name: str, parent: str | None, data: dict[str, Any] | None
) -> None:
    """Add a word as it was kept. A property comes before its variants, by the names of their sorts."""
    about = data or {}
    classifier.entries += 1
    match sort:
        case "group":
            classifier.groups[key] = GroupEntry(name, parent or "", "deleted" in about)
        case "price_type":
            classifier.price_types[key] = name
            if "currency" in about:
                classifier.currencies[key] = about["currency"]
        case "warehouse":
            classifier.warehouses[key] = name
        case "category":
            classifier.categories[key] = name
        case "unit":
            classifier.units[key] = Unit(name, about["code"])
        case "property":
            classifier.properties[key] = Property(name, {}, "deleted" in about)
        case "variant" if parent is not None and parent in classifier.properties:
            classifier.properties[parent].values[key[len(parent) + 1 :]] = name
