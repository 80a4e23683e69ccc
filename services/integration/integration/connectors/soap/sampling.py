"""The first rows of an answer, raw and mapped, for a person who looks at them."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from integration.connectors.soap.lists import RowList
from integration.connectors.soap.rows import Found
from integration.connectors.xml.parsing import local_name
from integration.mappings.rows import RejectedRow, SkippedRow, SourceRow


@dataclass(frozen=True, slots=True)
class SampledRow:
    """A row as it came, and what becomes of it. Of a field that comes twice the first value is shown."""

    fields: dict[str, str]
    row: SourceRow | RejectedRow | SkippedRow


class FirstRows:
    """Keeps the first rows of each list of an answer."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._kept: defaultdict[int, list[SampledRow]] = defaultdict(list)

    def add(self, found: Iterable[Found]) -> None:
        for rows, fields in found:
            kept = self._kept[rows.number]
            if len(kept) < self._most:
                kept.append(_sampled(rows, fields))

    def is_enough(self, lists: Sequence[RowList]) -> bool:
        """Return whether a list that is meant by its name has as many rows as are wanted."""
        return any(found.usual and len(self._kept[found.number]) >= self._most for found in lists)

    def of(self, lists: Sequence[RowList]) -> list[SampledRow]:
        kept = [row for found in lists for row in self._kept[found.number]]
        return kept[: self._most]


def _sampled(rows: RowList, fields: "list[tuple[str, str | None]] | RejectedRow") -> SampledRow:
    if isinstance(fields, RejectedRow):
        return SampledRow({}, fields)
    raw: dict[str, str] = {}
    for tag, text in fields:
        raw.setdefault(local_name(tag), (text or "").strip())
    return SampledRow(raw, rows.mapper.clean(fields))
