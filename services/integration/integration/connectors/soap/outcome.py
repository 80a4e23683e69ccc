"""The outcome of a whole reading, once all of it has come."""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from integration.connectors.soap.batch import Counters
from integration.connectors.soap.lists import Choice, RowList
from integration.connectors.soap.said import Said

_SHOWN = 20


@dataclass(slots=True)
class ReadOutcome:
    """The lists that count, and the messages of a reading.

    ``read`` are the numbers of the lists whose rows count, ``refused`` of those whose rows are errors; the rows of all
    others, if there are any, belong to something else. ``message`` is what 1C said beside the rows, ``warnings`` what
    was left out.
    """

    read: list[int]
    refused: list[int] = field(default_factory=list)
    has_others: bool = False
    message: str | None = None
    warnings: list[str] = field(default_factory=list)


def told(choice: Choice, lists: list[RowList], said: Said, counters: Counters) -> ReadOutcome:
    sentence = said.sentence
    return ReadOutcome(
        read=[found.number for found in choice.read if found.number >= 0],
        refused=[found.number for found in choice.refused],
        has_others=any(found not in choice.read and found not in choice.refused for found in lists),
        message=f"1C says: {sentence}" if sentence else None,
        warnings=list(_warnings(choice, lists, said, counters)),
    )


def _warnings(choice: Choice, lists: list[RowList], said: Said, counters: Counters) -> Iterator[str]:
    mappings = [found.mapping for found in choice.read]
    if unmapped := _sum(mapping.unmapped for mapping in mappings):
        yield f"{_number(unmapped, 'field is', 'fields are')} not mapped: {_listed(unmapped)}"
    if unread := _sum(mapping.unread for mapping in mappings):
        yield f"{_number(unread, 'field holds', 'fields hold')} lists or objects that are not read: {_listed(unread)}"
    if repeated := _sum(mapping.repeated for mapping in mappings):
        fields = _number(repeated, "field repeats", "fields repeat")
        yield f"{fields} a column, whose first value counts: {_listed(repeated)}"
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


def _sum(counters: Iterable[Counter[str]]) -> Counter[str]:
    return sum(counters, Counter[str]())


def _number(fields: Counter[str], one: str, many: str) -> str:
    return f"{len(fields)} {one if len(fields) == 1 else many}"


def _listed(fields: Counter[str]) -> str:
    shown = [f"{name[:100]} ({rows} {'row' if rows == 1 else 'rows'})" for name, rows in fields.most_common(_SHOWN)]
    return ", ".join([*shown, "…"] if len(fields) > _SHOWN else shown)
