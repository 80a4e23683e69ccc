"""XML of strangers: no document types, hence no entities; names without their prefixes."""

from collections.abc import Callable, Iterator
from xml.parsers import expat

from catalog.imports.limits import UNREADABLE, Refused

Attributes = dict[str, str]


def parser() -> expat.XMLParserType:
    """A parser that refuses a document type."""
    made = expat.ParserCreate()
    made.buffer_text = True
    made.StartDoctypeDeclHandler = _refuse
    return made


def _refuse(*_: object) -> None:
    raise Refused(UNREADABLE)


def elements(content: bytes) -> Iterator[tuple[str, Attributes]]:
    """Each element's name and attributes."""
    found: list[tuple[str, Attributes]] = []

    def start(name: str, attributes: Attributes) -> None:
        found.append((local(name), {local(key): value for key, value in attributes.items()}))

    reading = parser()
    reading.StartElementHandler = start
    reading.Parse(content, True)
    return iter(found)


def local(name: str) -> str:
    return name.rpartition(":")[2]


Feed = Callable[[], bytes]
"""Gives the next piece of a document, and nothing at its end."""
