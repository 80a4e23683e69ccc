"""Reads how the styles of a workbook show numbers (ECMA-376, 18.8.30)."""

from collections.abc import Mapping
from typing import IO

from catalog.imports.reader.formats import known_format
from catalog.imports.reader.limits import too_large
from catalog.imports.reader.xml import elements

DATED = "dated"
"""A number that is shown as a date."""

SHOWN = "="
"""Begins the type of a number that is shown in the format that follows."""

_BUILT_IN = {
    1: "0", 2: "0.00", 3: "#,##0", 4: "#,##0.00", 5: "#,##0;-#,##0", 6: "#,##0;-#,##0", 7: "#,##0.00;-#,##0.00",
    8: "#,##0.00;-#,##0.00", 9: "0%", 10: "0.00%", 11: "0.00E+00", 12: "# ?/?", 13: "# ??/??", 37: "#,##0;(#,##0)",
    38: "#,##0;(#,##0)", 39: "#,##0.00;(#,##0.00)", 40: "#,##0.00;(#,##0.00)", 41: "#,##0;-#,##0", 42: "#,##0;-#,##0",
    43: "#,##0.00;-#,##0.00", 44: "#,##0.00;-#,##0.00", 48: "##0.0E+0", 59: "0", 60: "0.00", 61: "#,##0",
    62: "#,##0.00", 67: "0%", 68: "0.00%", 69: "# ?/?", 70: "# ??/??",
    **dict.fromkeys((*range(14, 23), *range(27, 37), *range(45, 48), *range(50, 59), *range(71, 82)), "d/m/yyyy"),
}  # fmt: skip


MAX_FORMATS = 10_000
"""At most this many formats may be used: Excel knows a few hundred."""


def number_kinds(part: IO[bytes]) -> Mapping[str, str]:
    """Return the types of numbers by the style of their cells, where it does not just show their digits."""
    formats = {str(number): code for number, code in _BUILT_IN.items()}
    styles: list[str] = []
    is_of_cells = False
    for name, attributes in elements(part):
        if name == "numFmt":
            formats[attributes.get("numFmtId", "")] = attributes.get("formatCode", "")
        elif name in {"cellXfs", "cellStyleXfs", "cellStyles", "dxfs"}:
            is_of_cells = name == "cellXfs"
        elif name == "xf" and is_of_cells:
            styles.append(attributes.get("numFmtId", ""))
    used = set(styles) & formats.keys()
    if len(used) > MAX_FORMATS:
        raise too_large(f"The workbook has more than {MAX_FORMATS} formats of numbers.")
    kinds = {number: _kind(formats[number]) for number in used}
    found = {str(style): kind for style, number in enumerate(styles) if (kind := kinds.get(number))}
    return found | ({"": found["0"]} if "0" in found else {})


def _kind(code: str) -> str:
    shown = known_format(code)
    if shown.is_date:
        return DATED
    return "" if shown.keeps_texts else SHOWN + code
