"""Files of a folder, plain or in archives, become the documents of a set."""

import zipfile
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from functools import partial
from pathlib import Path
from typing import BinaryIO, NamedTuple

from integration.connectors.files.archive import Archive
from integration.connectors.files.document import Document


class OpenedFiles(NamedTuple):
    """The XML files among those that were given, and the names of the others."""

    documents: list[Document]
    others: list[str]


@contextmanager
def opened(paths: Sequence[Path]) -> Iterator[OpenedFiles]:
    """Keep archives open as long as their members are read; raises a SourceError for one that is refused."""
    found: list[Document] = []
    with ExitStack() as archives:
        for path in paths:
            if zipfile.is_zipfile(path):
                found += Archive(archives.enter_context(_open(path))).documents()
            else:
                found.append(Document(path.name, partial(_open, path)))
        documents = [one for one in found if one.name.lower().endswith(".xml")]
        yield OpenedFiles(documents, [one.name for one in found if not one.name.lower().endswith(".xml")])


def _open(path: Path) -> BinaryIO:
    return path.open("rb")
