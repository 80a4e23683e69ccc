"""The raw fields of a record become a row, by a mapping: the same for every kind of source that gives records."""

from itertools import chain
from typing import Any

import orjson

from integration.connectors.source import Record, Value
from integration.mappings.cleaners import BadValue, Nothing, json_list
from integration.mappings.counts import count
from integration.mappings.making import NOTHING, SHOWN, RowMaker
from integration.mappings.model import KEY, StreamMapping
from integration.mappings.plans import Plan, plans_of
from integration.mappings.rows import RejectedRow, SkippedRow, SourceRow
from integration.mappings.targets import TARGETS, Stream

_MISSING = object()


class Mapper(RowMaker):
    """Turns the records of one stream into rows. One object serves one list.

    Names are compared letter by letter. Of the fields that fill a column the first of the mapping that holds something
    counts, of several values of one field the first. The payload of a row holds no code, and a name only if there is
    one: whether the catalog needs it depends on the key.
    """

    def __init__(self, mapping: StreamMapping, stream: Stream, *, invert_is_active: bool = False) -> None:
        super().__init__(mapping, stream)
        targets = TARGETS[stream]
        plans = list(plans_of(mapping, targets, invert_is_active=invert_is_active))
        names = chain.from_iterable((*plan.names, *plan.otherwise) for plan in plans)
        self._known = frozenset([*names, *mapping.skip, *mapping.ignore])
        self._skip = [(name, frozenset(words)) for name, words in mapping.skip.items()]
        self._code_plan = next(plan for plan in plans if plan.target == targets.code)
        self._plans = [plan for plan in plans if plan is not self._code_plan]
        self._columns = targets.columns

    def map(self, record: Record) -> SourceRow | RejectedRow | SkippedRow:
        """Return the row of a record, and count the fields that no column takes."""
        fields = record.fields
        if self._skip and (reason := self._why_skipped(fields)):
            count(self.skipped, reason)
            return SkippedRow(reason)
        for name in fields:
            if name not in self._known and (text := _first(fields[name])) not in NOTHING:
                self.count_unmapped(name, text)
        columns: dict[str, Any] = {}
        fills: dict[str, Any] = {}
        problems: list[str] = []
        for plan in self._plans:
            value = self._value(plan, plan.names, fields, problems)
            if value is not _MISSING:
                columns[plan.target] = value
            elif plan.otherwise and (value := self._otherwise(plan, record, problems)) is not _MISSING:
                fills[plan.target] = value
            elif plan.has_constant:
                columns[plan.target] = plan.constant
        return self._with_code(record, columns, problems, fills)

    def _with_code(
        self, record: Record, columns: dict[str, Any], problems: list[str], fills: dict[str, Any]
    ) -> SourceRow | RejectedRow:
        code = self._value(self._code_plan, self._code_plan.names, record.fields, problems)
        is_stand_in = (code is _MISSING or code is None) and not problems
        if is_stand_in:
            code = self._stand_in(record.key, problems)
        shown = code if isinstance(code, str) else record.key[:SHOWN]
        return self.made(shown, columns, problems, fills, is_stand_in=is_stand_in)

    def _stand_in(self, key: str, problems: list[str]) -> str | None:
        """Return the key as a code. No steps stand between: the catalog knows a stand-in by its being the key."""
        code: str | None = None
        try:
            code = self._columns[self._code](key)
        except BadValue as error:
            problems.append(f"The key {error}")
        return code

    def _otherwise(self, plan: Plan, record: Record, problems: list[str]) -> Any:
        return self._value(plan, plan.otherwise, {**record.fields, KEY: record.key}, problems)

    def _value(self, plan: Plan, names: tuple[str, ...], fields: dict[str, Value], problems: list[str]) -> Any:
        """Return the value of the first field that has one; None is a value, which empties the column."""
        for name in names:
            value = fields.get(name)
            if not value:
                continue
            text = value if isinstance(value, str) else self._one(plan, name, value)
            if text in NOTHING:
                continue
            try:
                return plan.clean(text)
            except Nothing:
                continue
            except BadValue as error:
                problems.append(f"{name} {error}")
                return None
        return _MISSING

    def _one(self, plan: Plan, name: str, values: list[str]) -> str:
        """Return what stands for several values: all of them where a list is kept, else the first."""
        filled = [value for value in values if value not in NOTHING]
        if self._columns.get(plan.target) is json_list:
            return orjson.dumps(filled).decode()
        if len(set(filled)) > 1:
            count(self.repeated, name)
        return filled[0] if filled else ""

    def _why_skipped(self, fields: dict[str, Value]) -> str | None:
        for name, words in self._skip:
            value = fields.get(name, "")
            for word in (value,) if isinstance(value, str) else value:
                if word in words:
                    return f"{name}: {word}"
        return None


def _first(value: Value) -> str:
    return value if isinstance(value, str) else next(filter(None, value), "")
