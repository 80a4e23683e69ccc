"""Codes, bar codes, articles and phones: what looks the same is the same."""

import re
import unicodedata

from ecatalog.fields.written.signs import evenly_spaced, seen

# What a spreadsheet shows where a long number does not fit: its first digits, or none. And its errors.
_SPOILED = re.compile(
    r"[+-]?\d(?:[.,]\d+)?[EeЕе]\+\d{2,3}|#{3,}"
    r"|#(?:N/A|REF!|VALUE!|NAME\?|DIV/0!|NUM!|NULL!|Н/Д|ССЫЛКА!|ЗНАЧ!|ИМЯ\?|ДЕЛ/0!|ЧИСЛО!|ПУСТО!)",
    re.ASCII,
)
_LONGEST_SPOILED = 40


class Spoiled(ValueError):
    """The text is what a spreadsheet has left of a code: its last digits are lost."""


def read_code(text: str) -> str:
    """Return the code without unseen signs, its blanks plain and its letters whole; it may be empty.

    Raises :class:`Spoiled`.
    """
    code = seen(text)
    if not code.isascii():
        code = unicodedata.normalize("NFC", evenly_spaced(code))
    if len(code) <= _LONGEST_SPOILED and _SPOILED.fullmatch(code):
        raise Spoiled("only a part of the code is left")
    return code
