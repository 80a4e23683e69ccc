"""Shows a person what a set of files holds, before anything is connected."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import typer

from integration.connectors.commerceml.source import CommerceMLSource
from integration.connectors.errors import Cause, SourceError
from integration.connectors.files.opening import opened
from integration.connectors.source import Batch, Complete, Completeness, Problem, Source

ODD = 3
_SHOWN = 20
_WORDS = {Completeness.YES: "whole", Completeness.CHANGES: "changes", Completeness.UNKNOWN: "unknown"}


class Report:
    """What stands in the streams of a source, and what is odd about it."""

    def __init__(self) -> None:
        self.records: Counter[str] = Counter()
        self.odd: Counter[str] = Counter()
        self.complete: dict[str, list[Complete]] = defaultdict(list)
        self.problems: list[Problem] = []

    def add(self, batch: Batch) -> None:
        self.records[batch.stream] += len(batch.records)
        self.odd[batch.stream] += len(batch.problems)
        self.complete[batch.stream] += batch.complete
        self.problems += batch.problems[: _SHOWN - len(self.problems)]

    def lines(self, streams: Sequence[str]) -> Iterator[str]:
        yield f"{'stream':<14}{'records':>10}{'problems':>10}  list"
        for stream in streams:
            lists = ", ".join(_WORDS[one.completeness] for one in self.complete[stream])
            yield f"{stream:<14}{self.records[stream]:>10,}{self.odd[stream]:>10,}  {lists}".rstrip()
        for problem in self.problems:
            yield f"{problem.place}: {problem.message}"
        if (left := self.odd.total() - len(self.problems)) > 0:
            yield f"… and {left:,} more problems"


async def look_at(paths: Sequence[Path]) -> int:
    """Print the number of records and problems of each stream; returns the exit code. Raises a SourceError."""
    report = Report()
    with _source(paths) as (source, others):
        streams = source.capabilities().streams
        async for batch in source.read(streams):
            report.add(batch)
    for line in report.lines(streams):
        typer.echo(line)
    if others:
        typer.echo(f"files left out: {', '.join(others[:_SHOWN])}{' …' if len(others) > _SHOWN else ''}")
    return ODD if report.problems else 0


async def show_fields(paths: Sequence[Path], stream: str) -> int:
    """Print the fields of a stream with the number of records that fill each; returns the exit code."""
    with _source(paths) as (source, _):
        streams = source.capabilities().streams
        if stream not in streams:
            raise SourceError(f"There is no stream {stream}; there are {', '.join(streams)}", Cause.UNEXPECTED)
        for field in await source.fields(stream):
            typer.echo(f"{field.filled:>8,}  {field.name}: {field.sample}")
    return 0


@contextmanager
def _source(paths: Sequence[Path]) -> Iterator[tuple[Source, list[str]]]:
    with opened(paths) as (documents, others):
        if not documents:
            raise SourceError("There is no XML file among these", Cause.UNEXPECTED)
        yield CommerceMLSource(documents), others
