"""Declares codes, among them those that name rows in addresses: ``/api/v1/client/<code>/``."""

import re
from dataclasses import dataclass
from typing import Any

from ecatalog.fields.types import FieldType, Text, invalid

# The gateway refuses them in paths: some programs read a backslash as a slash, and a line break ends a header.
_NOT_IN_PATHS = re.compile(r"[\x00-\x1f\x7f\\]")
_OF_THE_API = frozenset({
    "bulk", "bulk-clear", "bulk-enrich", "description-draft", "duplicates", "export-xlsx", "import-xlsx",
    "template-xlsx",
})  # fmt: skip
_TASKS_OF_THE_API = ("bulk-clear/", "bulk-enrich/", "import-xlsx/")
_PARTS_OF_A_PATH = frozenset({".", ".."})
"""Clients resolve them before they ask."""


@dataclass(frozen=True)
class Identifier(Text):
    """A text that tells one thing from others, such as a bar code or a phone: a workbook may hold it as a number."""


@dataclass(frozen=True)
class Code(Identifier):
    """A code by which a row will be asked for."""

    def clean(self, value: Any) -> str:
        code = super().clean(value)
        if reason := why_unreachable(code):
            raise invalid(f"This code {reason}.")
        return code


@dataclass(frozen=True)
class IdOrCode(FieldType):
    """Names another row by its id or its code."""

    def clean(self, value: Any) -> int | str:
        if isinstance(value, int) and not isinstance(value, bool):
            return value
        return Text(255, blank=False).clean(value)

    def schema(self) -> dict[str, Any]:
        return {"anyOf": [{"type": "integer"}, {"type": "string"}]}


def why_unreachable(code: str) -> str:
    """Return why no address can name a row of this code, to be read behind the code; "" when one can."""
    if _NOT_IN_PATHS.search(code):
        return "holds a backslash or a control character, which no address can carry"
    if code in _OF_THE_API or code.startswith(_TASKS_OF_THE_API):
        return "is part of the addresses of the API itself"
    return "means a place in a path, not a row" if code in _PARTS_OF_A_PATH else ""
