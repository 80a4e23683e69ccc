"""Cleans rows: each source name is looked up once and then costs one dictionary access per row."""

from collections.abc import Iterable
from typing import Any

import orjson

from integration.soap.batch import Counters, Kind, Rejected, Row
from integration.soap.cleaners import BadValue, Cleaner, inverted
from integration.soap.columns import COLUMNS
from integration.soap.xml import local_name

Field = tuple[str, str | None]  # an element's name (`{namespace}local` or plain) and its text

# What sources write for "nothing": the column keeps the value it has.
_NOTHING = frozenset({"", "NULL", "null", "None", "anyType{}"})
_REMEMBERED_NAMES = 1000  # a source that invents names without end must not fill the memory
_SHOWN = 255  # characters of a code or name that are repeated for a rejected row
MAX_ROW_BYTES = 256 * 1024  # a row travels on in messages that must stay below 512 KB


class Mapping:
    """Turns the fields of one source row into columns. One object serves one reading."""

    def __init__(self, kind: Kind, counters: Counters, *, invert_is_active: bool = False) -> None:
        chosen = COLUMNS[kind]
        self.items = frozenset(item.casefold() for item in chosen.items)
        self._code = chosen.code
        self._title = chosen.title
        self._counters = counters
        self._by_name: dict[str, tuple[str, Cleaner]] = {}
        self._by_tag: dict[str, tuple[str, Cleaner] | None] = {}
        for column in chosen.columns:
            clean = inverted if invert_is_active and column.name == "is_active" else column.clean
            for name in (column.name, *column.aliases):
                self._by_name[_folded(name)] = (column.name, clean)

    def holds_row(self, tags: Iterable[str]) -> bool:
        """Whether an element with these children looks like a row."""
        known = (self._by_name.get(_folded(local_name(tag))) for tag in tags)
        return {self._code, self._title} <= {column[0] for column in known if column}

    def clean(self, fields: Iterable[Field]) -> Row | Rejected:
        columns: dict[str, Any] = {}
        problems: list[str] = []
        by_tag = self._by_tag
        for tag, text in fields:
            if text is None:
                continue
            text = text.strip()
            if text in _NOTHING:
                continue
            known = by_tag[tag] if tag in by_tag else self._find(tag)
            if known is None or known[0] in columns:
                continue
            try:
                columns[known[0]] = known[1](text)
            except BadValue as error:
                problems.append(f"{local_name(tag)} {error}")
                columns[known[0]] = text[:_SHOWN] if known[0] == self._code else None
        return self._judged(columns, problems)

    def _judged(self, columns: dict[str, Any], problems: list[str]) -> Row | Rejected:
        code: str | None = columns.get(self._code)
        if self._title not in columns:
            problems.insert(0, "Name is missing")
        if code is None:
            name = columns.get(self._title)
            problems.insert(0, f'Code is missing (the name is "{name[:_SHOWN]}")' if name else "Code is missing")
        payload = orjson.dumps(columns)
        if len(payload) > MAX_ROW_BYTES:
            problems.append(f"The row is larger than {MAX_ROW_BYTES // 1024} KB")
        if problems or code is None:
            self._counters.rejected += 1
            return Rejected(code, "; ".join(problems))
        self._counters.rows += 1
        return Row(code, payload)

    def _find(self, tag: str) -> tuple[str, Cleaner] | None:
        known = self._by_name.get(_folded(local_name(tag)))
        if len(self._by_tag) < _REMEMBERED_NAMES:
            self._by_tag[tag] = known
            if known is None:
                self._counters.unknown_fields.add(local_name(tag))
        return known


def _folded(name: str) -> str:
    return name.replace("_", "").casefold()
