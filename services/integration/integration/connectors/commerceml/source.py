"""A set of CommerceML files as a source: read in one pass, in the order in which they speak of each other."""

import asyncio
from collections import Counter
from collections.abc import AsyncGenerator, Collection, Generator, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor

from integration.connectors.commerceml.batches import Batches
from integration.connectors.commerceml.classifier import Classifier
from integration.connectors.commerceml.completeness import completeness
from integration.connectors.commerceml.encoding import utf8_pieces
from integration.connectors.commerceml.fields import first
from integration.connectors.commerceml.order import in_order
from integration.connectors.commerceml.reader import FileReader
from integration.connectors.commerceml.rows import PRICE_TYPES, PRICES, STOCK, STREAMS, Rows
from integration.connectors.commerceml.sections import Section
from integration.connectors.files.document import Document
from integration.connectors.source import Batch, Capabilities, SourceField
from integration.connectors.xml.control import ControlFilter
from integration.connectors.xml.cutting import LARGEST_VALUE, TextCutter

_BYTES_OF_A_BATCH = 256 * 1024  # of the file: larger ones leave the processor's cache
_SHOWN = 100
_LOOKED_AT = 1000  # records, for the fields of a stream


class CommerceMLSource:
    """Reads the files of one exchange or upload.

    ``classifiers`` are those that earlier sets brought, by key; when all has been read, they hold what these files
    said as well, and ``used`` the keys of those that lists of prices or stock name.
    """

    def __init__(self, documents: Sequence[Document], classifiers: dict[str, Classifier] | None = None) -> None:
        self.classifiers = {} if classifiers is None else classifiers
        self.used: set[str] = set()
        self._documents = documents

    def capabilities(self) -> Capabilities:
        return Capabilities(STREAMS, told_by_source=True)

    async def fields(self, stream: str) -> list[SourceField]:
        """Return the fields of the first records, those that most of them fill in front."""
        filled: Counter[str] = Counter()
        samples: dict[str, str] = {}
        seen = 0
        async for batch in self.read((stream,)):
            for record in batch.records:
                seen += 1
                for name, value in record.fields.items():
                    if text := first(value):
                        filled[name] += 1
                        samples.setdefault(name, text)
            if seen >= _LOOKED_AT:
                break
        return [SourceField(name, samples[name], count) for name, count in filled.most_common()]

    async def read(self, streams: Collection[str]) -> AsyncGenerator[Batch, None]:
        batches = self.batches(streams)
        thread = ThreadPoolExecutor(1)  # one for all: a parser of lxml that changes threads corrupts memory
        try:
            loop = asyncio.get_running_loop()
            while batch := await loop.run_in_executor(thread, next, batches, None):
                yield batch
        finally:
            thread.submit(batches.close)
            thread.shutdown(wait=False)

    def batches(self, streams: Collection[str]) -> Generator[Batch, None, None]:
        """Read in the thread that asks, which must be the same one from the first batch to the last."""
        sections: list[Section] = []
        price_types: dict[str, str] = {}
        waiting = Batches(streams)
        for document in in_order(self._documents):
            reader = FileReader(document.name, Rows(document.name, waiting, self.classifiers, price_types))
            yield from _read(document, reader, waiting)
            sections += reader.sections
        self.used = {section.classifier_key for section in sections if section.counts[PRICES] or section.counts[STOCK]}
        self._report_undeclared(price_types, waiting)
        yield from waiting.take()
        for stream in STREAMS:
            if stream in streams:
                yield Batch(stream, complete=completeness(sections, stream))

    def _report_undeclared(self, price_types: dict[str, str], waiting: Batches) -> None:
        """Report each price type that no classifier and no package declares, wherever in the set it stands."""
        declared = {key for classifier in self.classifiers.values() for key in classifier.price_types}
        for key, place in price_types.items():
            if key not in declared:
                told = f"The price type {key[:_SHOWN]} is declared nowhere" if key else "A price has no price type"
                waiting.report(PRICE_TYPES, place, told)


def _read(document: Document, reader: FileReader, waiting: Batches) -> Iterator[Batch]:
    """Read a file; its problems with characters and texts are told at its end."""
    control, cutter = ControlFilter(), TextCutter(LARGEST_VALUE)
    size = 0
    for piece in utf8_pieces(document):
        clean = cutter.feed(control.feed(piece))
        reader.feed(clean)
        size += len(clean)
        if size >= _BYTES_OF_A_BATCH:
            size = 0
            yield from waiting.take()
    reader.feed(cutter.feed(control.close()))
    reader.close()
    if control.dropped:
        waiting.report("", document.name, f"{control.dropped:,} characters that XML does not allow were left out")
    if cutter.dropped:
        waiting.report("", document.name, f"{cutter.dropped:,} bytes of very long texts were left out")
    yield from waiting.take()
