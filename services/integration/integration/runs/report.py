"""What the reading of a source has to tell beside the rows: problems, leftovers, and how much of each stream came."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from integration.connectors.commerceml.rows import CLIENTS
from integration.connectors.source import Batch, Complete, Completeness, Problem, SourceField
from integration.mappings.counts import FieldCounts, field_warnings

SHOWN = 20


@dataclass
class Report:
    """``fields`` are counted by the mappers of the streams, ``others`` are files that nobody reads.

    ``records`` counts what came, by stream; ``unmapped`` are the fields that no column takes, ``message`` is what the
    source said itself, ``warnings`` are further sentences.
    """

    records: Counter[str] = field(default_factory=Counter)
    fields: dict[str, FieldCounts] = field(default_factory=dict)
    complete: defaultdict[str, list[Complete]] = field(default_factory=lambda: defaultdict(list))
    problems: list[Problem] = field(default_factory=list)
    number_of_problems: int = 0
    others: Sequence[str] = ()
    unmapped: dict[str, list[SourceField]] = field(default_factory=dict)
    message: str | None = None
    warnings: list[str] = field(default_factory=list)

    def add(self, batch: Batch) -> None:
        """Count a batch, and keep the first of its problems."""
        self.records[batch.stream] += len(batch.records)
        self.complete[batch.stream] += batch.complete
        if batch.stream != CLIENTS:  # a problem may name its client, and not everyone who sees a run sees clients
            self.problems += batch.problems[: SHOWN - len(self.problems)]
        self.number_of_problems += len(batch.problems)

    @property
    def streams(self) -> list[str]:
        """Return the streams of which something was said, in the order of the source's."""
        return [stream for stream in self.complete if self.records[stream] or self.complete[stream]]

    def completeness(self, stream: str) -> Complete | None:
        """Return how much of a stream came, all scopes together; None when nothing was said of it."""
        told = self.complete[stream]
        if not told:
            return None
        values = {one.completeness for one in told}
        reason = next((one.reason for one in told if one.reason), "")
        if values == {Completeness.YES}:
            return Complete("", Completeness.YES)
        worst = Completeness.CHANGES if Completeness.CHANGES in values else Completeness.UNKNOWN
        return Complete("", worst, reason)

    def whole(self, stream: str) -> list[str]:
        """Return the scopes of a stream that were read as a whole."""
        return [one.scope for one in self.complete[stream] if one.completeness is Completeness.YES]

    def sentences(self) -> list[str]:
        """Return all that is told as warnings of the job."""
        return [*self.warnings, *field_warnings(list(self.fields.values())), *self._left_out(), *self._problems()]

    def _left_out(self) -> Iterator[str]:
        if self.others:
            shown = ", ".join(name[:100] for name in self.others[:SHOWN])
            more = ", …" if len(self.others) > SHOWN else ""
            files = "file is" if len(self.others) == 1 else "files are"
            yield f"{len(self.others):,} {files} not read: {shown}{more}"

    def _problems(self) -> Iterator[str]:
        for problem in self.problems:
            yield f"{problem.place}: {problem.message}"
        if (left := self.number_of_problems - len(self.problems)) > 0:
            yield f"… and {left:,} more problems of this kind" if self.problems else f"{left:,} clients have problems"
