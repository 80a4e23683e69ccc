"""The end of the way from fields to a row, which is the same for every kind of source."""

from typing import Any

import orjson
from ecatalog.contracts.integration import METADATA_OF_1C

from integration.mappings.counts import FieldCounts
from integration.mappings.model import StreamMapping
from integration.mappings.rows import RejectedRow, SourceRow
from integration.mappings.targets import (
    EXTERNAL_KEY,
    METADATA_PREFIX,
    MOST_METADATA,
    TARGETS,
    Stream,
)

MAX_ROW_BYTES = 256 * 1024  # a row travels on in messages that must stay below 512 KB
# What sources write for "nothing": the column keeps the value it has.
NOTHING = frozenset({"", "NULL", "null", "None", "anyType{}"})
SHOWN = 255  # characters of a code or name that are repeated for a rejected row
_LOOKED_AT = 1000  # rows of a list from which it is learned which columns it fills


class RowMaker(FieldCounts):
    """Makes rows of values that are clean, and counts them."""

    def __init__(self, mapping: StreamMapping, stream: Stream) -> None:
        super().__init__()
        self._code = TARGETS[stream].code
        self._title = TARGETS[stream].title
        self._seen = 0
        self._metadata = {
            target: target.removeprefix(METADATA_PREFIX) for target in mapping.fields if is_metadata(target)
        }
        self._has_more = bool(self._metadata) or EXTERNAL_KEY in mapping.fields

    def made(
        self, code: str | None, columns: dict[str, Any], problems: list[str], fills: dict[str, Any] | None = None, *,
        is_stand_in: bool = False,
    ) -> SourceRow | RejectedRow:  # fmt: skip
        """Return the row, or all that is wrong with it."""
        if self._seen < _LOOKED_AT:
            self._seen += 1
            self.filled |= columns.keys()
        key = self._taken_out(columns, problems) if self._has_more else None
        payload = orjson.dumps(columns)
        more = orjson.dumps(fills) if fills else None
        if len(payload) > MAX_ROW_BYTES or (more and len(payload) + len(more) > MAX_ROW_BYTES):
            problems.append(f"The row is larger than {MAX_ROW_BYTES // 1024} KB")
        if problems or code is None:
            self.rejected += 1
            return RejectedRow(code, "; ".join(problems))
        self.rows += 1
        return SourceRow(code, payload, is_stand_in, more, key)

    def _taken_out(self, columns: dict[str, Any], problems: list[str]) -> str | None:
        """Return the key, and put the values of 1C's part of the metadata together: neither is a column."""
        found = {name: columns.pop(target) for target, name in self._metadata.items() if target in columns}
        if found:
            columns[METADATA_OF_1C] = found
            if len(orjson.dumps(found)) > MOST_METADATA:
                problems.append(f"The metadata of the row are larger than {MOST_METADATA // 1024} KB")
        key: str | None = columns.pop(EXTERNAL_KEY, None)
        return key


def is_metadata(target: str) -> bool:
    return target.startswith(METADATA_PREFIX)
