"""The files of a run are read, parsed and mapped in a thread of their own; the loop only stages what comes of it."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Generator
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import get_args

from integration.connectors.commerceml import Classifier, CommerceMLSource
from integration.connectors.commerceml.rows import STREAMS
from integration.connectors.source import Batch, Record
from integration.files.reading import opened_files
from integration.mappings.counts import unmapped_fields
from integration.mappings.targets import Stream
from integration.runs.report import Report
from integration.runs.rows import RowReader
from integration.runs.run import VALUED, Run
from integration.runs.staging import StagedRow

BEAT_SECONDS = 5.0
"""PostgreSQL ends a transaction that is silent for too long, and a large file may have nothing to stage for a while."""


@dataclass
class Read:
    """What one step of reading gave: rows of the mapped streams, and records of prices or stock."""

    rows: list[StagedRow] = field(default_factory=list)
    stream: str = ""
    records: list[Record] = field(default_factory=list)


Steps = Generator[Read, None, None]
Beat = Callable[[], Awaitable[object]]


class FileReading:
    """Reads the files of a run. ``classifiers`` are the known ones, and gain what is read; ``used`` those of offers."""

    def __init__(self, run: Run, classifiers: dict[str, Classifier], report: Report | None = None) -> None:
        self.report = report or Report()
        self.classifiers = classifiers
        self.used: set[str] = set()
        self._run = run
        self._count = 0
        streams = run.job.args.streams or STREAMS
        self._streams = [stream for stream in STREAMS if stream in streams]
        self._readers = {
            stream: RowReader(run, stream) for stream in get_args(Stream) if stream in run.mapping.streams
        }  # fmt: skip

    def read(self) -> Steps:
        """Read to the end; for one thread. Raises a SourceError."""
        args = self._run.job.args
        with opened_files(self._run.job.database.dsn, args.file_ids, args.member) as opened:
            self.report.others = opened.others
            source = CommerceMLSource(opened.documents, self.classifiers)
            for batch in source.batches(self._streams):
                yield self._taken(batch)
            self.used = source.used
        for stream, reader in self._readers.items():
            if self.report.records[stream]:
                self.report.fields[stream] = reader.mapper
                self.report.unmapped[stream] = unmapped_fields([reader.mapper])

    def _taken(self, batch: Batch) -> Read:
        self.report.add(batch)
        if batch.stream in VALUED:
            return Read(stream=batch.stream, records=batch.records)
        reader = self._readers.get(batch.stream)
        if reader is None or not batch.records:
            return Read()
        rows = list(reader.read(batch.records, self._count))
        self._count += len(rows)
        return Read(rows)


@asynccontextmanager
async def in_thread(steps: Steps, beat: Beat) -> AsyncIterator[AsyncIterator[Read]]:
    """Give the steps of a reading, each taken in one and the same thread; ``beat`` is called while one takes long."""
    thread = ThreadPoolExecutor(1)  # a parser of lxml that changes threads corrupts memory
    try:
        yield _taken(thread, steps, beat)
    finally:
        thread.submit(steps.close)
        thread.shutdown(wait=False)


async def _taken(thread: ThreadPoolExecutor, steps: Steps, beat: Beat) -> AsyncIterator[Read]:
    loop = asyncio.get_running_loop()
    while True:
        step = loop.run_in_executor(thread, next, steps, None)
        while not (await asyncio.wait([step], timeout=BEAT_SECONDS))[0]:
            await beat()
        if (read := step.result()) is None:
            return
        yield read
