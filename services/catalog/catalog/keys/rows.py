"""Reads the rows of a keyed chunk."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ecatalog.contracts.integration import METADATA_OF_1C
from ecatalog.entities.entity import Entity
from psycopg import errors

from catalog.html import TooLong, clean_description
from catalog.keys.failures import CODE_TWICE, KEY_TOO_LONG, KEY_TWICE, short, the_key
from catalog.upsert.engine import Values
from catalog.upsert.failures import reason

MAX_KEY = 255
"""Characters of a key: an index holds it, beside the base."""

Errors = dict[int, str]
"""Why rows are not written, by their position in the chunk."""


@dataclass(slots=True)
class KeyedRow:
    """Is a row of a chunk; ``KeyedChunk`` says what each field means. ``is_deleted`` None: no word of marks."""

    key: str | None
    code: str | None
    is_stand_in: bool
    is_deleted: bool | None
    was: str | None
    values: Values
    fills: Values

    @property
    def has_name(self) -> bool:
        return bool(self.values.get("name") or self.fills.get("name"))


def read(entity: Entity, rows: Iterable[Mapping[str, Any]]) -> tuple[list[KeyedRow], Errors]:
    """Return the rows with clean descriptions, and what is wrong with some of them."""
    columns = frozenset(entity.sourced) - {entity.code} | {METADATA_OF_1C}
    found = [_row(row, columns) for row in rows]
    problems = {position: problem for position, row in enumerate(found) if (problem := _problem(entity, row))}
    return found, _repeated(found) | problems


def _row(row: Mapping[str, Any], columns: frozenset[str]) -> KeyedRow:
    values = {name: value for name, value in row["values"].items() if name in columns}
    fills = {name: value for name, value in row.get("fills", {}).items() if name in columns}
    key, mark = row["key"], row.get("deleted")
    if mark is not None:
        values.pop("is_deleted", None)
        if key is None:  # nothing remembers marks of a row without a key: they are a column, as in chunks of codes
            values["is_deleted"] = mark
    return KeyedRow(key, row.get("code"), row.get("stand_in", False), mark, row.get("was"), values, fills)


def _problem(entity: Entity, row: KeyedRow) -> str | None:
    if row.key is None and row.code is None:
        return f"{entity.code} may not be empty."
    if any("\0" in text for text in (row.key, row.code, row.was) if text):
        return reason(errors.UntranslatableCharacter())
    if row.key is not None and len(row.key) > MAX_KEY:
        return KEY_TOO_LONG.format(longest=MAX_KEY)
    # One that is too long would be noticed among the code changes of the whole chunk, which are one statement.
    if row.code is not None and len(row.code) > longest_code(entity):
        return reason(errors.StringDataRightTruncation())
    try:
        clean_description(row.values)
        clean_description(row.fills)
    except TooLong as error:
        return f"description: {error}"
    return None


def longest_code(entity: Entity) -> int:
    """Return how many characters a code may have."""
    length: int = entity.table.columns[entity.code].type.length  # type: ignore[attr-defined]  # codes are texts
    return length


def _repeated(rows: Sequence[KeyedRow]) -> Errors:
    """Find rows with one key, of which the first counts, and those with one code, of which none does."""
    problems: Errors = {}
    keys: set[str] = set()
    codes: defaultdict[str, list[int]] = defaultdict(list)
    for position, row in enumerate(rows):
        if row.key in keys:
            problems[position] = KEY_TWICE
        elif row.code is not None:
            codes[row.code].append(position)
        if row.key is not None:
            keys.add(row.key)
    for code, positions in codes.items():
        for position, other in zip(positions, positions[1:] + positions[:1], strict=True):
            if position != other:
                problems[position] = CODE_TWICE.format(code=short(code), key=the_key(rows[other].key))
    return problems
