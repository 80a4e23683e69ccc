"""Rows are cleaned here: each source name is looked up once and then costs one dictionary access per row."""

from collections.abc import Iterable
from typing import Any

import orjson

from integration.connectors.soap.meaning import meaning, parts, without_blanks
from integration.connectors.xml.parsing import local_name
from integration.mappings.cleaners import BadValue, Cleaner, Nothing, json_list, json_object, long_text
from integration.mappings.counts import REMEMBERED_NAMES, count
from integration.mappings.making import MAX_ROW_BYTES, NOTHING, SHOWN, RowMaker
from integration.mappings.model import StreamMapping
from integration.mappings.plans import plans_of
from integration.mappings.rows import RejectedRow, SkippedRow, SourceRow
from integration.mappings.targets import TARGETS, Stream

Field = tuple[str, str | None]  # an element's name (``{namespace}local`` or plain) and its text
Fields = list[Field]

# How programs write an object of which they know no text.
_NOTATIONS = ("anyType{", "[object ")
_LONGEST_NOTATION = 10_000  # far longer than any value that is no long text


class RowMapper(RowMaker):
    """Turns the fields of one source row into columns. One object serves one list.

    Names are compared without case, underscores and namespace. Of several fields that fill a column the first of the
    row counts.
    """

    def __init__(self, mapping: StreamMapping, stream: Stream, *, invert_is_active: bool = False) -> None:
        super().__init__(mapping, stream)
        plans = list(plans_of(mapping, TARGETS[stream], invert_is_active=invert_is_active))
        self._by_name = {folded(name): (plan.target, plan.clean) for plan in plans for name in plan.names}
        self._by_tag: dict[str, tuple[str, Cleaner] | None] = {}
        self._columns = TARGETS[stream].columns
        self._skip = {folded(name): (name, frozenset(words)) for name, words in mapping.skip.items()}
        self._passed = frozenset(map(folded, (*mapping.ignore, *mapping.skip)))
        self._constants = {plan.target: plan.constant for plan in plans if plan.has_constant}

    def holds_row(self, tags: Iterable[str]) -> bool:
        """Tell whether an element with these children looks like a row."""
        known = (self._by_name.get(folded(local_name(tag))) for tag in tags)
        return {self._code, self._title} <= {column[0] for column in known if column}

    def clean(self, fields: Fields) -> SourceRow | RejectedRow | SkippedRow:
        if self._skip and (reason := self._why_skipped(fields)):
            count(self.skipped, reason)
            return SkippedRow(reason)
        columns: dict[str, Any] = {}
        problems: list[str] = []
        by_tag = self._by_tag
        for tag, text in fields:
            if text is None:
                continue
            text = text.strip()
            if text in NOTHING:
                continue
            known = by_tag[tag] if tag in by_tag else self._find(tag)
            if known is None:
                self._pass_by(tag, text)
                continue
            if text[-1] in "]}" and (text := self._meant(tag, known[0], text)) is None:
                continue
            column, cleaner = known
            if column in columns:
                self._compare(known, columns[column], tag, text)
                continue
            try:
                columns[column] = cleaner(text)
            except Nothing:
                continue
            except BadValue as error:
                problems.append(f"{local_name(tag)} {error if len(text) <= MAX_ROW_BYTES else 'is larger than 256 KB'}")
                columns[column] = text[:SHOWN] if column == self._code else None
        return self._judged(self._constants | columns if self._constants else columns, problems)

    def told(self, tag: str, value: Any) -> str | None:
        """Return the text of a field whose value is a list or an object.

        It is the whole of it for a column that holds such, what it means for any other. None, and counted, when that
        cannot be said.
        """
        known = self._by_tag[tag] if tag in self._by_tag else self._find(tag)
        if known is None:
            return "…"  # only counted
        value = without_blanks(value)
        if value is None:
            return None
        whole = self._columns.get(known[0])
        if whole is json_object and isinstance(value, dict):
            return orjson.dumps(value).decode()
        if whole is json_list:
            return orjson.dumps(parts(value)).decode()
        text = meaning(value)
        if text is None:
            count(self.unread, local_name(tag))
        return text

    def _meant(self, tag: str, column: str, text: str) -> str | None:
        """Return the meaning of a text that may be the notation of an object; None, and counted, without one."""
        if self._columns.get(column) in (json_list, json_object, long_text):
            return text
        if text.startswith(_NOTATIONS):
            count(self.unread, local_name(tag))
            return None
        try:
            value = orjson.loads(text) if text[0] in "[{" and len(text) <= _LONGEST_NOTATION else text
        except orjson.JSONDecodeError:
            return text
        is_object = isinstance(value, dict) or (
            isinstance(value, list) and any(isinstance(part, (str, dict)) for part in value)
        )
        return self.told(tag, value) if is_object else text

    def takes(self, tag: str) -> bool:
        """Tell whether a column takes the field."""
        return (self._by_tag[tag] if tag in self._by_tag else self._find(tag)) is not None

    def refused(self, fields: Fields, reason: str) -> RejectedRow:
        """Reject a row that is not stored whatever it holds."""
        row = self.clean(fields)
        if isinstance(row, SourceRow):
            self.rows -= 1
            self.rejected += 1
        return RejectedRow(None if isinstance(row, SkippedRow) else row.code, reason)

    def _judged(self, columns: dict[str, Any], problems: list[str]) -> SourceRow | RejectedRow:
        code: str | None = columns.get(self._code)
        if self._title not in columns:
            problems.insert(0, "Name is missing")
        if code is None:
            name = columns.get(self._title)
            problems.insert(0, f'Code is missing (the name is "{name[:SHOWN]}")' if name else "Code is missing")
        return self.made(code, columns, problems)

    def _why_skipped(self, fields: Fields) -> str | None:
        for tag, text in fields:
            if text and (words := self._skip.get(folded(local_name(tag)))) and (word := text.strip()) in words[1]:
                return f"{words[0]}: {word}"
        return None

    def _pass_by(self, tag: str, text: str) -> None:
        """Count a field that no column takes, unless that is meant."""
        name = local_name(tag)
        if not self._passed or folded(name) not in self._passed:
            self.count_unmapped(name, text)

    def _compare(self, known: tuple[str, Cleaner], kept: Any, tag: str, text: str) -> None:
        """Count a second value of a column, unless it says the same as the first."""
        try:
            same = known[1](text) == kept
        except (BadValue, Nothing):
            same = False
        if not same:
            count(self.repeated, local_name(tag))

    def _find(self, tag: str) -> tuple[str, Cleaner] | None:
        known = self._by_name.get(folded(local_name(tag)))
        if len(self._by_tag) < REMEMBERED_NAMES:
            self._by_tag[tag] = known
        return known


def folded(name: str) -> str:
    """Return a name as names are compared."""
    return name.replace("_", "").casefold()
