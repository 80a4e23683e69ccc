"""What is counted of the fields of a list while its rows are read."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

from integration.connectors.source import SourceField

REMEMBERED_NAMES = 1000  # a source that invents names without end must not fill the memory
LONGEST_SAMPLE = 200
_OTHERS = "others"
_SHOWN = 20


class FieldCounts:
    """The numbers of one list.

    ``filled`` are the columns that its rows fill. ``unmapped`` counts the rows in which a field held something that no
    column takes, with the first such value in ``samples``; ``unread`` those whose value is no plain value and cannot be
    read as one, ``repeated`` those in which a column was named twice with different values, and ``skipped`` those that
    the mapping leaves out, by the reason.
    """

    def __init__(self) -> None:
        self.rows = 0
        self.rejected = 0
        self.filled: set[str] = set()
        self.unmapped: Counter[str] = Counter()
        self.unread: Counter[str] = Counter()
        self.repeated: Counter[str] = Counter()
        self.skipped: Counter[str] = Counter()
        self.samples: dict[str, str] = {}

    def count_unmapped(self, name: str, text: str) -> None:
        counter = self.unmapped
        if name not in counter:
            if len(counter) >= REMEMBERED_NAMES:
                name = _OTHERS
            else:
                self.samples[name] = text[:LONGEST_SAMPLE]
        counter[name] += 1


def count(counter: Counter[str], name: str) -> None:
    """Count a name, together with all others when there are too many."""
    counter[name if name in counter or len(counter) < REMEMBERED_NAMES else _OTHERS] += 1


def unmapped_fields(lists: Sequence[FieldCounts]) -> list[SourceField]:
    """Return the fields that no column takes, the most frequent first."""
    samples = {name: sample for one in reversed(lists) for name, sample in one.samples.items()}
    found = _sum(one.unmapped for one in lists)
    return [SourceField(name, samples[name], rows) for name, rows in found.most_common() if name in samples]


def field_warnings(lists: Sequence[FieldCounts]) -> Iterator[str]:
    """Yield a sentence for each kind of fields, or of rows, that were left out."""
    if unmapped := _sum(one.unmapped for one in lists):
        yield f"{_number(unmapped, 'field is', 'fields are')} not mapped: {_listed(unmapped)}"
    if unread := _sum(one.unread for one in lists):
        yield f"{_number(unread, 'field holds', 'fields hold')} lists or objects that are not read: {_listed(unread)}"
    if repeated := _sum(one.repeated for one in lists):
        fields = _number(repeated, "field repeats", "fields repeat")
        yield f"{fields} a column, whose first value counts: {_listed(repeated)}"
    if skipped := _sum(one.skipped for one in lists):
        rows = skipped.total()
        yield f"{rows} {'row is' if rows == 1 else 'rows are'} left out by the mapping: {_listed(skipped)}"


def _sum(counters: Iterable[Counter[str]]) -> Counter[str]:
    return sum(counters, Counter[str]())


def _number(fields: Counter[str], one: str, many: str) -> str:
    return f"{len(fields)} {one if len(fields) == 1 else many}"


def _listed(fields: Counter[str]) -> str:
    shown = [f"{name[:100]} ({rows} {'row' if rows == 1 else 'rows'})" for name, rows in fields.most_common(_SHOWN)]
    return ", ".join([*shown, "…"] if len(fields) > _SHOWN else shown)
