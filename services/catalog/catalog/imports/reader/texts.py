"""Reads the texts that cells of a workbook share, only as far as they are needed."""

import re
from collections.abc import Sequence
from typing import IO

from ecatalog.excel.writer import MAX_CHARACTERS

from catalog.imports.reader.limits import MAX_SHARED_CHARACTERS, MAX_SHARED_STRINGS, too_large
from catalog.imports.reader.xml import Attributes, Fed, local, parser

PIECE = 64 * 1024

LONGEST = MAX_CHARACTERS + 1
"""At most this many characters are kept of a text: a longer one is an error in each cell that shares it."""

LONGEST_WRITTEN = 7 * LONGEST
"""A text may be as long as this while its characters are escaped."""

TOO_LARGE = "The texts of the workbook are too large."

_ESCAPED = re.compile(r"_x([0-9A-Fa-f]{4})_")


def unescaped(text: str) -> str:
    """Undo the escapes ``_x000D_`` by which Excel writes what XML cannot hold; drop NUL, which no column can hold."""
    if "_x" not in text:
        return text
    plain = _ESCAPED.sub(lambda found: chr(int(found[1], 16)), text)
    return plain.replace("\0", "").encode("utf-16", "surrogatepass").decode("utf-16", "replace")


class SharedTexts:
    """Gives texts by their number. Raises IndexError for one that is not there."""

    def __init__(self, part: IO[bytes] | None) -> None:
        self._part = part
        self._texts: list[str] = []
        self._characters = 0
        self._begun = 0
        self._runs: list[str] = []
        self._run: list[str] | None = None
        self._phonetic = False
        reading = parser()
        reading.StartElementHandler = self._start
        reading.EndElementHandler = self._end
        reading.CharacterDataHandler = self._text
        self._fed = Fed(reading)

    def __getitem__(self, number: int) -> str:
        if number < 0:
            raise IndexError
        while number >= len(self._texts) and self._part is not None:
            piece = self._part.read(PIECE)
            self._fed.parse(piece)
            if not piece:
                self._part = None
        return self._texts[number]

    def put(self, values: list[str], places: Sequence[int]) -> int:
        """Replace the numbers at these positions by their texts; return the length of these together."""
        known, characters = self._texts, 0
        for place in places:
            number = int(values[place])
            values[place] = text = known[number] if 0 <= number < len(known) else self[number]
            characters += len(text)
        return characters

    def _start(self, name: str, _: Attributes) -> None:
        match local(name):
            case "si":
                self._runs, self._begun = [], 0
            case "t" if not self._phonetic:
                self._run = []
            case "rPh":
                self._phonetic = True

    def _end(self, name: str) -> None:
        match local(name):
            case "t" if self._run is not None:
                self._runs.append(unescaped("".join(self._run)))
                self._run = None
            case "rPh":
                self._phonetic = False
            case "si":
                self._add("".join(self._runs))

    def _add(self, text: str) -> None:
        self._texts.append(text[:LONGEST])
        if len(self._texts) > MAX_SHARED_STRINGS:
            raise too_large(TOO_LARGE)

    def _text(self, text: str) -> None:
        if self._run is None:
            return
        self._characters += len(text)
        if self._characters > MAX_SHARED_CHARACTERS:
            raise too_large(TOO_LARGE)
        if self._begun < LONGEST_WRITTEN:
            self._begun += len(text)
            self._run.append(text)
