"""The rows of an answer's lists are collected here, each list apart."""

from collections.abc import Iterable, Iterator

from integration.connectors.soap.batch import Batch
from integration.connectors.soap.rows import Found
from integration.mappings.rows import RejectedRow, SourceRow


class Batches:
    """Cleans rows as they are found and gives them in batches of about ``size``."""

    def __init__(self, size: int) -> None:
        self._size = size
        self._open: dict[int, Batch] = {}

    def add(self, found: Iterable[Found]) -> None:
        current = None
        for rows, fields in found:
            if rows is not current:
                current, clean, batch = rows, rows.mapper.clean, self._batch(rows.number)
            row = fields if isinstance(fields, RejectedRow) else clean(fields)
            if isinstance(row, SourceRow):
                batch.rows.append(row)
            elif isinstance(row, RejectedRow):
                batch.rejected.append(row)

    def _batch(self, number: int) -> Batch:
        if number not in self._open:
            self._open[number] = Batch(number)
        return self._open[number]

    def full(self) -> Iterator[Batch]:
        """Yield the batches that have their size; they are not given again."""
        for number in [number for number, batch in self._open.items() if len(batch) >= self._size]:
            yield self._open.pop(number)

    def rest(self) -> Iterator[Batch]:
        yield from self._open.values()
