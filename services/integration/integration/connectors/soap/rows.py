"""Rows are taken out of a document while it is still being parsed, wherever they stand in it."""

from collections.abc import Iterable
from itertools import islice
from typing import cast

from lxml import etree

from integration.connectors.errors import Cause, SourceError
from integration.connectors.soap.failures import find_fault
from integration.connectors.soap.lists import Lists, RowList
from integration.connectors.soap.mapping import Fields
from integration.connectors.soap.meaning import element_value
from integration.connectors.soap.place import Level, Place, Places
from integration.connectors.soap.said import Said
from integration.connectors.xml.parsing import close, feed, local_name, pull_parser, refuse_doctype
from integration.mappings.rows import RejectedRow

Found = tuple[RowList, Fields | RejectedRow]

MOST_FIELDS = 1000  # of a row; an element with more children holds a list, or nothing that is understood
LARGEST_FAULT = 1024 * 1024
LARGEST_ROW = 16 * 1024 * 1024  # of what is kept until an element ends
MOST_PACKED = 3
_BESIDE = 3  # Envelope, Body and the answer's own element: what it holds stands beside the result
_XSI = "http://www.w3.org/2001/XMLSchema-instance"
_SIZE_OF_ELEMENT = 120
INSIDE = "The row stands inside another row"
_TOO_WIDE = f"The row has more than {MOST_FIELDS} fields"
# Whether rows hold more than plain fields: asked of all at once, since each question costs as much as some fields.
_HOLDS_MORE_THAN_FIELDS = etree.XPath(
    f"boolean(*/*/* or */@*[namespace-uri() != '{_XSI}'] or */*/@*[namespace-uri() != '{_XSI}'])"
)
_PACKED = ("[", "{", "<", "UEsD")


class RowReader:
    """Takes a document in UTF-8 and gives the rows of its lists, each with the list that it is of.

    An element is a row when it has the usual name, or holds a code and a name. Elements are taken out of the tree when
    they have ended, so that memory holds the row that is still coming and the beginnings of what encloses it. What
    stands beside rows is collected in ``said``, texts that may be lists themselves in ``packed``.
    """

    def __init__(self, root: str, lists: Lists) -> None:
        self.said = Said()
        self.packed: list[str] = []
        self.is_envelope = root == "Envelope"
        self._lists = lists
        self._places = Places(root, lists.is_usual)
        self._parser = pull_parser(root)
        self._levels: list[Level] = []
        self._kept = 0
        self._found: list[Found] = []

    def feed(self, data: bytes) -> list[Found]:
        feed(self._parser, data)
        self._begin()
        if self._levels:
            self._advance()
            if self._levels[-1].place.is_fault:
                self._refuse_fault(len(data))
        return self._taken()

    def close(self) -> list[Found]:
        """Return the last rows; raises a SourceError unless the document is complete."""
        root = close(self._parser)
        self._begin()
        self._end(root, self._levels[0].place, 0)
        return self._taken()

    @property
    def root(self) -> etree._Element:
        return self._levels[0].element

    def _begin(self) -> None:
        for _, element in cast("Iterable[tuple[str, etree._Element]]", self._parser.read_events()):
            if not self._levels:
                refuse_doctype(element)
                self._levels.append(Level(element, self._places.root))

    def _taken(self) -> list[Found]:
        found, self._found = self._found, []
        return found

    def _advance(self) -> None:
        """Go down to the element that is still open, and take what has ended on the way."""
        depth = 0
        while len(element := (level := self._levels[depth]).element) > level.kept and not level.place.is_fault:
            last = element[-1]
            depth += 1
            if element[level.kept] is not last:
                self._take(level, last, depth)
            if depth == len(self._levels) or self._levels[depth].element is not last:
                self._leave(depth)
                self._levels.append(Level(last, level.place.below(last.tag)))
        self._leave(depth + 1)

    def _refuse_fault(self, size: int) -> None:
        """Refuse a fault, which stays whole in the tree, beyond a size that nobody needs to read."""
        self._kept += size
        if self._kept > LARGEST_FAULT and (fault := find_fault(self.root)):
            raise fault

    def _leave(self, depth: int) -> None:
        for level in self._levels[depth:]:
            self._kept -= level.size
        del self._levels[depth:]

    def _take(self, level: Level, last: etree._Element, depth: int) -> None:
        """Deal with the children of an open element that have ended. Those that may be fields of it stay in the tree.

        Rows of the usual name with nothing but plain fields, as most are, cost the least that they can.
        """
        before, kept, found = level.kept, list[etree._Element](), self._found
        started = self._levels[depth].element if depth < len(self._levels) else None
        rows_below = {} if _HOLDS_MORE_THAN_FIELDS(level.element) else level.place.rows_below
        for element in islice(level.element, before, None):
            if element is last:
                break
            rows = rows_below.get(element.tag)
            if rows is not None and element is not started:
                fields = [(child.tag, child.text) for child in element]
                rows.rows += 1
                found.append((rows, fields if len(fields) <= MOST_FIELDS else rows.mapper.refused(fields, _TOO_WIDE)))
            elif self._stays(level, element, depth):
                kept.append(element)
        if kept:
            staying = set(kept)
            for element in list(level.element)[before:-1]:
                if element not in staying:
                    level.element.remove(element)
        else:
            del level.element[before:-1]

    def _stays(self, level: Level, element: etree._Element, depth: int) -> bool:
        """Deal with one ended child; tell whether it may be a field of its parent."""
        self._visit(element, level.place, depth)
        level.count += 1
        if element.tag in level.place.rows_below:
            return False
        if level.kept >= MOST_FIELDS:
            if element.text:
                self._listen(level.place, None, [element])
            return False
        size = _size(element)
        level.kept += 1
        level.size += size
        self._kept += size
        if self._kept > LARGEST_ROW:
            raise SourceError(f"A row of the answer is larger than {LARGEST_ROW // 2**20} MB", Cause.TOO_LARGE)
        return True

    def _visit(self, element: etree._Element, holder: Place, depth: int) -> None:
        """Deal with an element that has ended: one with children, or one that may be a row without any."""
        if len(element) or element.keys():
            self._end(element, holder.below(element.tag), depth)
        elif not element.text and (place := holder.below(element.tag)).may_be_empty:
            self._end(element, place, depth)

    def _end(self, element: etree._Element, place: Place, depth: int) -> None:
        started = self._levels[depth] if depth < len(self._levels) and self._levels[depth].element is element else None
        children = list(element)
        if place.is_fault:
            return
        if place.rows is None or not place.is_usual or any(map(len, children)):
            for child in children[started.kept if started else 0 :]:
                self._visit(child, place, depth + 1)
        if place.rows is None and not self._becomes_row(element, children, place):
            self._listen(place, element, children)
            return
        self._emit(element, children, place, started)

    def _becomes_row(self, element: etree._Element, children: list[etree._Element], place: Place) -> bool:
        """Tell whether rows stand at the place: from the first element like one on, those before it included."""
        if place.is_within and not place.is_usual:
            return False
        tags = [child.tag for child in children]
        if not (place.is_usual and not place.is_within) and not self._lists.holds_row([*tags, *_attributes(element)]):
            if children and not place.is_within:
                place.pass_by([(child.tag, child.text) for child in children if not len(child)])
            return False
        usual = next((found for found in self._lists.all if found.usual), None) if place.is_within else None
        place.rows = usual or self._lists.add(place.names, usual=place.is_usual)
        if place.is_usual and place.holder and not place.is_within:
            place.holder.rows_below[element.tag] = place.rows
        for fields in place.passed:
            self._add(place.rows, fields)
        for _ in range(place.passed_by - len(place.passed)):
            self._add(place.rows, place.rows.mapper.refused([], "Code or name is missing"))
        return True

    def _emit(
        self, element: etree._Element, children: list[etree._Element], place: Place, started: Level | None
    ) -> None:
        rows = cast("RowList", place.rows)
        fields: Fields = [*_attributes(element).items()]
        for child in children:
            if len(child) or child.keys():
                fields += self._structured(rows, child)
            else:
                fields.append((child.tag, child.text))
        if started and started.count > MOST_FIELDS:
            self._add(rows, rows.mapper.refused(fields, _TOO_WIDE))
        elif place.is_within:
            self._add(rows, rows.mapper.refused(fields, INSIDE))
        else:
            self._add(rows, fields)

    def _structured(self, rows: RowList, child: etree._Element) -> Fields:
        """Return the fields that a child with children or attributes stands for: its text gives its meaning."""
        attributes = _attributes(child)
        if len(child) or (attributes and not (child.text or "").strip()):
            value = (element_value(child) if len(child) else attributes) if rows.mapper.takes(child.tag) else ""
            return [(child.tag, rows.mapper.told(child.tag, value))]
        return [(child.tag, child.text), *((f"{child.tag}@{name}", text) for name, text in attributes.items())]

    def _add(self, rows: RowList, fields: Fields | RejectedRow) -> None:
        if isinstance(fields, list) and len(fields) > MOST_FIELDS:
            fields = rows.mapper.refused(fields, _TOO_WIDE)
        rows.rows += 1
        self._found.append((rows, fields))

    def _listen(self, place: Place, element: etree._Element | None, children: list[etree._Element]) -> None:
        """Hear what an element that is no row says in attributes and children; of many such elements, the first."""
        if place.is_within or place.passed_by > 1:
            return
        for name, text in _attributes(element).items() if element is not None and _is_result(place) else ():
            self.said.add_attribute(name, text)
        for child in children:
            if len(child):
                continue
            text = (child.text or "").strip("\ufeff \t\r\n")
            if text.startswith(_PACKED) and len(self.packed) < MOST_PACKED:
                self.packed.append(text)
            elif text:
                self.said.add(local_name(child.tag), text, inside=len(place.names) > _BESIDE)
            elif not _attributes(child):
                self._lists.add_empty((*place.names, local_name(child.tag)))


def _is_result(place: Place) -> bool:
    """Tell whether it is the answer's own element or what stands right inside it; what stands deeper may be data."""
    return _BESIDE <= len(place.names) <= _BESIDE + 1


def _size(element: etree._Element) -> int:
    """Estimate how many bytes an element takes in the tree."""
    if len(element) or element.keys():
        return len(etree.tostring(element))
    return _SIZE_OF_ELEMENT + sum(
        len(text) * (1 if text.isascii() else 3) for text in (element.text, element.tail) if text
    )


def _attributes(element: etree._Element) -> dict[str, str]:
    return {str(name): str(value) for name, value in element.items() if not str(name).startswith("{" + _XSI)}
