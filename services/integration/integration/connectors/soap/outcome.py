"""The outcome of a whole reading, once all of it has come."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from integration.connectors.soap.batch import Counters
from integration.connectors.soap.lists import Choice, RowList
from integration.connectors.soap.said import Said
from integration.connectors.source import SourceField
from integration.mappings.counts import field_warnings, unmapped_fields


@dataclass(slots=True)
class ReadOutcome:
    """The lists that count, and the messages of a reading.

    ``read`` are the numbers of the lists whose rows count, ``refused`` of those whose rows are errors; the rows of all
    others, if there are any, belong to something else. ``message`` is what 1C said beside the rows, ``warnings`` what
    was left out, ``fields`` those that no column takes.
    """

    read: list[int]
    refused: list[int] = field(default_factory=list)
    has_others: bool = False
    message: str | None = None
    warnings: list[str] = field(default_factory=list)
    fields: list[SourceField] = field(default_factory=list)


def told(choice: Choice, lists: list[RowList], said: Said, counters: Counters) -> ReadOutcome:
    sentence = said.sentence
    return ReadOutcome(
        read=[found.number for found in choice.read if found.number >= 0],
        refused=[found.number for found in choice.refused],
        has_others=any(found not in choice.read and found not in choice.refused for found in lists),
        message=f"1C says: {sentence}" if sentence else None,
        warnings=list(_warnings(choice, lists, said, counters)),
        fields=unmapped_fields([found.mapper for found in choice.read]),
    )


def _warnings(choice: Choice, lists: list[RowList], said: Said, counters: Counters) -> Iterator[str]:
    yield from field_warnings([found.mapper for found in choice.read])
    if dropped := counters.control_characters:
        yield f"{dropped} {'character' if dropped == 1 else 'characters'} that XML does not allow left out"
    for found in _others(choice, lists):
        yield f"The list {found.name} ({found.rows} rows) is of another kind and was not read"
    rows = sum(found.rows for found in choice.read)
    if rows and said.promised is not None and said.promised != rows:
        yield f"The answer speaks of {said.promised} rows, {rows} came"


def _others(choice: Choice, lists: list[RowList]) -> list[RowList]:
    """Return the lists that are neither read nor parts of the rows that are."""
    known = [found.path for found in choice.read]
    return [
        found
        for found in lists
        if found not in choice.read
        and found not in choice.refused
        and not any(found.path[: len(path)] == path for path in known)
    ]
