"""A sample: the first records of a stream, the columns that they fill, and the fields that no column takes."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import orjson

from integration.checks.schemas import SampledField, SampledRow, SampleOut
from integration.connectors.source import Value
from integration.mappings.counts import LONGEST_SAMPLE
from integration.mappings.making import NOTHING
from integration.mappings.model import KEY, StreamMapping
from integration.mappings.rows import RejectedRow, SkippedRow, SourceRow
from integration.mappings.targets import TARGETS, Stream

LOOKED_AT = 1000
"""Records of a stream whose fields are counted."""
LONGEST_TEXT, MOST_PARTS = 1000, 100  # of what is shown of a record
LEFT_OUT = "The mapping leaves the record out ({})"

Fold = Callable[[str], str]
"""Returns a name as a kind of source compares names."""


@dataclass(frozen=True, slots=True)
class SampledRecord:
    """A record with its fields by name, what it holds beside them, and what becomes of it."""

    fields: Mapping[str, Value]
    row: SampledRow


def sampled(
    fields: Mapping[str, Value], row: SourceRow | RejectedRow | SkippedRow, stream: Stream,
    children: Mapping[str, Any] | None = None,
) -> SampledRecord:  # fmt: skip
    """Return a record of a stream that the mapping turned into this row."""
    raw = {**fields, **(children or {})}
    if isinstance(row, SourceRow):
        otherwise = orjson.loads(row.fills) if row.fills else {}
        columns = {TARGETS[stream].code: row.code, **otherwise, **orjson.loads(row.payload)}
        return SampledRecord(fields, row_of(raw, columns))
    problems = [LEFT_OUT.format(row.reason)] if isinstance(row, SkippedRow) else row.reason.split("; ")
    return SampledRecord(fields, row_of(raw, None, problems))


def row_of(raw: Mapping[str, Any], mapped: Mapping[str, Any] | None, problems: Sequence[str] = ()) -> SampledRow:
    """Return what is shown of a record: of long texts the beginning."""
    return SampledRow(raw=_shortened(raw), mapped=None if mapped is None else _shortened(mapped), problems=[*problems])


def _shortened(value: Any) -> Any:
    if isinstance(value, str):
        return value if len(value) <= LONGEST_TEXT else f"{value[:LONGEST_TEXT]}…"
    if isinstance(value, Mapping):
        return {name: _shortened(part) for name, part in value.items()}
    return [_shortened(part) for part in value[:MOST_PARTS]] if isinstance(value, list | tuple) else value


def sample_of(
    stream: str, records: Sequence[SampledRecord], limit: int, targets: "FieldTargets", types: Mapping[str, str]
) -> SampleOut:
    """Return the first ``limit`` records, and the fields of all of them, those that most fill in front."""
    fields = [
        SampledField(name=name, type=types.get(name), sample=sample, filled=filled, mapped_to=targets.of(name))
        for name, (sample, filled) in filled_fields(record.fields for record in records).items()
    ]
    return SampleOut(
        stream=stream,
        looked_at=len(records),
        rows=[record.row for record in records[:limit]],
        fields=fields,
        unknown=[field.name for field in fields if not field.mapped_to and not targets.passes(field.name)],
    )


def filled_fields(records: Iterable[Mapping[str, Value]]) -> dict[str, tuple[str, int]]:
    """Return the fields that hold something: an example of each, and the number of records."""
    filled: Counter[str] = Counter()
    samples: dict[str, str] = {}
    for fields in records:
        for name, value in fields.items():
            text = value if isinstance(value, str) else next(filter(None, value), "")
            if text not in NOTHING:
                filled[name] += 1
                samples.setdefault(name, text[:LONGEST_SAMPLE])
    return {name: (samples[name], count) for name, count in filled.most_common()}


class FieldTargets:
    """Which columns the fields of a source fill by a mapping; without one, none is looked for."""

    def __init__(self, mapping: StreamMapping | None, fold: Fold) -> None:
        self._fold = fold
        self._columns: defaultdict[str, list[str]] = defaultdict(list)
        self._passed = set(map(fold, (*mapping.ignore, *mapping.skip))) if mapping else None
        for target, field in mapping.fields.items() if mapping else ():
            for name in (*field.names, *(name for name in field.otherwise if name != KEY)):
                self._columns[fold(name)].append(target)

    def of(self, name: str) -> list[str]:
        return self._columns.get(self._fold(name), [])

    def passes(self, name: str) -> bool:
        """Return whether the mapping leaves a field out without a word."""
        return self._passed is None or self._fold(name) in self._passed


def missing_columns(mapping: StreamMapping, present: Iterable[str], fold: Fold) -> list[str]:
    """Return the columns that the mapping names fields for, none of which is there; a constant needs none."""
    there = set(map(fold, present))
    return [
        target
        for target, field in mapping.fields.items()
        if field.names
        and not field.otherwise
        and there.isdisjoint(map(fold, field.names))
        and not _has_default(field.do)
    ]


def _has_default(steps: Sequence[Any]) -> bool:
    return any(isinstance(step, dict) and "default" in step for step in steps)
