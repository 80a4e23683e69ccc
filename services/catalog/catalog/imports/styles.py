"""Which styles of a workbook show a number as a date (ECMA-376, 18.8.30)."""

import re

from catalog.imports.xml import elements

_BUILT_IN = frozenset(map(str, [*range(14, 23), *range(27, 37), *range(45, 48), *range(50, 59)]))
_PLAIN_TEXT = re.compile(r'"[^"]*"|\\.|[_*].|\[[^\]]*\]')
_PART_OF_A_DATE = re.compile("[dmyhs]", re.IGNORECASE)


def date_styles(content: bytes) -> frozenset[str]:
    """The numbers of those styles, as cells name them."""
    formats = set(_BUILT_IN)
    styles: list[str] = []
    is_of_cells = False
    for name, attributes in elements(content):
        if name == "numFmt":
            if _is_date(attributes.get("formatCode", "")):
                formats.add(attributes.get("numFmtId", ""))
            else:
                formats.discard(attributes.get("numFmtId", ""))
        elif name in {"cellXfs", "cellStyleXfs", "cellStyles"}:
            is_of_cells = name == "cellXfs"
        elif name == "xf" and is_of_cells:
            styles.append(attributes.get("numFmtId", ""))
    return frozenset(str(number) for number, kind in enumerate(styles) if kind in formats)


def _is_date(code: str) -> bool:
    first = _PLAIN_TEXT.sub("", code).partition(";")[0]
    return "general" not in first.lower() and _PART_OF_A_DATE.search(first) is not None
