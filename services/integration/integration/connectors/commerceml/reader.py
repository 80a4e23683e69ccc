"""A file is read while it is parsed: memory holds the row that is still coming, and what encloses it."""

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import islice
from typing import cast

from lxml import etree

from integration.connectors.commerceml.fields import NAMES
from integration.connectors.commerceml.guards import Guards
from integration.connectors.commerceml.holders import Holder, below
from integration.connectors.commerceml.marks import LONGEST_WAY, too_deep
from integration.connectors.commerceml.rows import Rows
from integration.connectors.commerceml.sections import CONTRACTOR, HOLDERS, ROOT, ROWS, Section
from integration.connectors.errors import Cause, SourceError
from integration.connectors.xml import parsing

_PROLOG = 64 * 1024


@dataclass(eq=False, slots=True)
class Level:
    """An element that may not have ended and is no row; ``is_empty`` until something has ended in it."""

    element: etree._Element
    holder: Holder
    is_empty: bool = True


class FileReader:
    """Takes a file in UTF-8 and reads its rows, wherever they stand.

    Elements leave the tree when they have ended. It raises a SourceError for everything that is not a complete file of
    this kind. ``name`` is that of the file.
    """

    def __init__(self, name: str, rows: Rows) -> None:
        self.sections: list[Section] = []
        self._document = f'The file "{name}"'
        self._rows = rows
        self._guards = Guards(self._document)
        self._beginning = b""
        self._parser: parsing.PullParser | None = None
        self._levels: list[Level] = []
        self._count = 0  # of rows

    def feed(self, piece: bytes) -> None:
        if self._parser is None:
            self._beginning += piece
            if len(self._beginning) < _PROLOG and parsing.root_name(self._beginning) is None:
                return
            self._parser = self._begin(self._beginning)
            piece, self._beginning = parsing.without_namespace(self._beginning), b""
        parsing.feed(self._parser, piece, self._document)
        self._find_root(self._parser)
        before = self._count
        row = self._advance() if self._levels else None
        self._guards.check(piece, row, has_rows=self._count > before)

    def close(self) -> None:
        """Read the last rows; raises a SourceError unless the file is complete."""
        if self._parser is None:
            self._parser = self._begin(self._beginning)
            parsing.feed(self._parser, self._beginning, self._document)
        parsing.close(self._parser, self._document)
        self._find_root(self._parser)
        self._finish(0)

    def _begin(self, beginning: bytes) -> parsing.PullParser:
        """Create the parser; refuse what cannot be a file of this kind by its beginning."""
        if parsing.after_prolog(beginning)[:9].upper() == b"<!DOCTYPE":
            raise parsing.doctype_refused(self._document)
        root = parsing.root_name(beginning)
        if root is None:
            raise SourceError(f"{self._document} is not XML", Cause.MALFORMED)
        if root not in ROWS:
            raise SourceError(f"{self._document} is no CommerceML: its root is <{root[:100]}>", Cause.UNEXPECTED)
        return parsing.pull_parser(root)

    def _find_root(self, parser: parsing.PullParser) -> None:
        for _, element in cast("Iterable[tuple[str, etree._Element]]", parser.read_events()):
            if not self._levels:
                parsing.refuse_doctype(element, self._document)
                outside = Section(ROOT)
                self.sections.append(outside)
                self._levels.append(Level(element, self._below(Holder(outside), NAMES[element.tag], element)))

    def _advance(self) -> etree._Element | None:
        """Read what has ended, and go down to the element that is still open; return it if it is a row."""
        depth = 0
        while count := len(self._levels[depth].element):
            level = self._levels[depth]
            last = level.element[-1]
            depth += 1
            is_known = depth < len(self._levels)
            if is_known and self._levels[depth].element is not last:
                self._finish(depth)
            self._take_ended(level, 1 if is_known else 0, count - 1)
            if depth == len(self._levels):
                name = NAMES[last.tag]
                if _is_row(level.holder, name):
                    return last
                self._levels.append(Level(last, self._below(level.holder, name, last)))
                if len(self._levels) > LONGEST_WAY:
                    raise too_deep()
        return None

    def _take_ended(self, level: Level, begin: int, end: int) -> None:
        """Read the children that have ended, and take them out of the tree; those before ``begin`` were read."""
        if not end:
            return
        level.is_empty = False
        left = LONGEST_WAY - len(self._levels) - 1
        for child in islice(level.element, begin, end):
            self._take(child, level.holder, left)
        del level.element[:end]

    def _finish(self, depth: int) -> None:
        """End the levels from this depth on, the innermost first."""
        begin = 0
        while len(self._levels) > depth:
            level = self._levels[-1]
            self._take_ended(level, begin, len(level.element))
            self._levels.pop()
            begin = 1
            if level.is_empty and level.holder.is_plain and self._levels:
                self._levels[-1].holder.hear(NAMES[level.element.tag], level.element, 1)
            else:
                self._end(level.holder)

    def _take(self, element: etree._Element, holder: Holder, left: int) -> None:
        """Read an element that has ended; ``left`` is how much deeper it may go."""
        if left < 0:
            raise too_deep()
        name = NAMES[element.tag]
        if _is_row(holder, name):
            self._count += 1
            self._rows.read(name, element, holder.section, left)
            return
        if not len(element) and name not in HOLDERS:
            holder.hear(name, element, left)
            return
        inner = self._below(holder, name, element)
        for child in element:
            self._take(child, inner, left - 1)
        self._end(inner)

    def _below(self, holder: Holder, name: str, element: etree._Element) -> Holder:
        inner = below(holder, name, element)
        if inner.is_section:
            self.sections.append(inner.section)
            self._guards.check_sections(len(self.sections))
        return inner

    def _end(self, holder: Holder) -> None:
        if holder.is_section:
            self._rows.end(holder.section)
        elif holder.is_group and holder.group is not None:
            self._count += 1
            self._rows.add_group(holder.group.fields, holder.group.status, holder.group.parent_key, holder.section)


def _is_row(holder: Holder, name: str) -> bool:
    return name in ROWS[holder.section.kind] or name == CONTRACTOR
