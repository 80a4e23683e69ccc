"""Numbers as people, 1C and spreadsheets write them."""

import re

from ecatalog.fields.written.signs import BLANKS, seen

_PLAIN = re.compile(r"[+-]?(?:\d+\.?\d*|\.\d+)", re.ASCII)
_BETWEEN = rf"[{BLANKS}'’ʼ]"
_GROUPED = re.compile(rf"[+-]?\d{{1,3}}(?:{_BETWEEN}\d{{3}})+(?:[.,]\d*)?", re.ASCII)
_COMMAS = re.compile(r"[+-]?\d{1,3}(?:,\d{3})+\.\d+|[+-]?\d{1,3}(?:,\d{3}){2,}", re.ASCII)
_POINTS = re.compile(r"[+-]?\d{1,3}(?:\.\d{3})+,\d+|[+-]?\d{1,3}(?:\.\d{3}){2,}", re.ASCII)
_SIGN = re.compile(rf"^([+-])[{BLANKS}]")
_HYPHENS = dict.fromkeys(map(ord, "\u2010\u2011\u2012\u2013\u2212\uff0d"), "-")
_LONGEST = 100
_PERCENT_SIGNS = ("%", "％")


def read_number(text: str, *, percent: bool = False) -> str:
    """Return the number with a point and nothing between its digits: ``-1234.5``. Raises ValueError.

    A single comma or point stands before decimals. ``percent`` says that the number counts hundredths, so that a
    percent sign behind it adds nothing.
    """
    if len(text) > _LONGEST:
        raise ValueError("too long for a number")
    plain = text if _PLAIN.fullmatch(text) else _plain(seen(text), percent=percent)
    if not _PLAIN.fullmatch(plain):
        raise ValueError("not a number")
    return plain


def _plain(text: str, *, percent: bool) -> str:
    if percent and text.endswith(_PERCENT_SIGNS):
        text = text[:-1].rstrip()
    text = _SIGN.sub(r"\1", text.translate(_HYPHENS))
    if _GROUPED.fullmatch(text):
        return re.sub(_BETWEEN, "", text).replace(",", ".")
    if _COMMAS.fullmatch(text):
        return text.replace(",", "")
    if _POINTS.fullmatch(text):
        return text.replace(".", "").replace(",", ".")
    return text.replace(",", ".") if text.count(",") == 1 and "." not in text else text
