"""Records wait here until there are enough of them to be handed on."""

from collections.abc import Collection

from integration.connectors.source import Batch, Problem, Record


class Batches:
    """Collects the records and problems of the streams that are asked for, and gives them in batches."""

    def __init__(self, streams: Collection[str]) -> None:
        self._streams = frozenset(streams)
        self._open: dict[str, Batch] = {}

    def add(self, stream: str, record: Record) -> None:
        if stream in self._streams:
            self._of(stream).records.append(record)

    def report(self, stream: str, place: str, message: str) -> None:
        """Report a problem of a stream, or with ``""`` of a file as a whole."""
        if stream in self._streams or not stream:
            self._of(stream).problems.append(Problem(place, message))

    def take(self) -> list[Batch]:
        batches = list(self._open.values())
        self._open = {}
        return batches

    def _of(self, stream: str) -> Batch:
        if stream not in self._open:
            self._open[stream] = Batch(stream)
        return self._open[stream]
