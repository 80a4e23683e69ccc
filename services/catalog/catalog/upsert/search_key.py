"""Makes the search keys of rows on their way in: those that ``search_key`` of the database would make, more cheaply.

The functions of the database remain the definition. What stands here holds for texts of the usual letters only, and
remembers words, because lists repeat them. The key of a text with any other letter is left to the database.
"""

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Any, NamedTuple

from ecatalog.entities.search import Search

REMEMBERED = 20_000

_LETTERS = dict(zip("аоеинктлрсдвпумгыбйзхжфэёўғқҳіїңєyxq", "aoeinktlrsdvpumgibizhjfeeogkhiineihk", strict=True)) | {
    "ш": "sh",
    "щ": "sh",
    "ч": "ch",
    "ц": "ts",
    "ю": "iu",
    "я": "ia",
    "ь": "",
    "ъ": "",
}
_BLANKS = '«»\u00a0][(){}<>";:!?|=~^+&#\t\r\v\f'
_SIGNS = dict.fromkeys("'`‘’ʻʼ´′ʹ‛ʽ＇", "") | dict.fromkeys(_BLANKS, " ") | {
    ",": ".", "№": "n", "×": "h", "–": "-", "—": "-",
}  # fmt: skip
_ASCII = {letter: letter.lower() for letter in map(chr, range(ord("A"), ord("Z") + 1))}
_FOLDED = str.maketrans(
    _ASCII | _SIGNS | _LETTERS | {letter.upper(): folded for letter, folded in _LETTERS.items()}
)  # fmt: skip

_POINTS = re.compile(r"(?<![0-9])[./]|[./](?![0-9])")
_HYPHENS = re.compile(r"(?<![0-9])-+|-+(?![0-9])")
_BETWEEN = re.compile(r"(?<=[0-9])(?=[a-z])|(?<=[a-z])(?=[0-9])")
_SEVERAL_BLANKS = re.compile("  +")

_APOSTROPHES = "'’‘ʻʼ`´′ʹ‛ʽ＇"
_SOUNDS = re.compile(f"[ёўц]|[oо][{_APOSTROPHES}]|ye|zh|kh|dj|дж|shch|ts|c[eiy]|zz")
_O_WITH_SIGN = re.compile(f"[oо][{_APOSTROPHES}]")
_ALIKE = (
    ("ў", "у"), ("ц", "с"), ("ё", "йо"), ("ye", "e"), ("zh", "j"), ("kh", "h"), ("дж", "ж"), ("dj", "j"),
    ("shch", "sh"), ("ts", "s"), ("zz", "ss"), ("ce", "se"), ("ci", "si"), ("cy", "sy"),
)  # fmt: skip

_SHORT_WORDS = re.compile(r" (?:([a-z]{2,4}) ([a-z]{1,3})|([b-hj-npqrtwxz]) ([a-z]{3,5})) (?![0-9])")
_THOUSANDS = re.compile(r"(?<![^\W_])(?<![.,])([0-9]{1,3}(?:[ \u00a0][0-9]{3})+)(?![0-9])")
_PLAIN_LINE = re.compile(" ?(?:[0-9]+ )?(?:[a-z]+ [0-9]+ )*(?:[a-z]+ )?")
_SIGN = re.compile("[^a-z0-9]+")
_NUMBERS = re.compile(" ?[0-9]+(?:-[0-9]+)* ")
_LINES = re.compile("\r+")


class _Line(NamedTuple):
    """Is a line of words as folded, with the further spellings of its words: short ones and numbers as one word, and
    the whole as it sounds."""

    folded: str
    joined: str
    numbers: str
    sounding: str | None


def search_key(search: Search, values: Mapping[str, Any]) -> str | None:
    """Return the key of a row with these values; None for one whose key the database has to make."""
    name, *others = (values.get(column) for column in search.words)
    codes = [value for column in search.codes if (value := values.get(column)) is not None]
    others = [text for text in others if text is not None]
    if not all(isinstance(text, str) for text in (name, *others, *codes)):
        return None
    within = f" {name} "
    lines = [str(name), *[str(text) for text in others if f" {text} " not in within]]
    return _key(" \n ".join(lines), " \n ".join(codes))


def _key(words: str, codes: str) -> str | None:
    lines = [line for text in f" {words} \n ".split("\n") if (line := _line(text))]
    read = [code for text in f"{codes} \n".split("\n") if (code := _code(text))]
    if len(lines) + len(read) != words.count("\n") + codes.count("\n") + 4:
        return None
    folded = "\n".join([line.folded for line in lines])
    key = "".join([folded, *(line.joined for line in lines), *(line.numbers for line in lines)])
    sounding = "\n".join([line.sounding for line in lines if line.sounding is not None])
    begins, mark = ("\t\v", "\v") if lines[0].sounding is not None else ("\v", "")
    if not sounding or sounding == folded:
        begins = "\v"
    else:
        key = f"{key}{mark}{sounding}\n"
    return f"{begins}{key}\r {_with_bare(read)}"


def _with_bare(codes: list[tuple[str, str | None]]) -> str:
    """Return the folded codes, and again without signs those that have some."""
    folded = "\r".join([code for code, _ in codes])
    if all(bare is None for _, bare in codes):
        return folded
    return f"{folded} " + _LINES.sub(" \r ", "\r".join([bare or "" for _, bare in codes]))


@lru_cache(maxsize=REMEMBERED)
def _line(text: str) -> _Line | None:
    """Read a line of words; None when it holds letters that are not among the usual ones."""
    words = [word for one in text.split(" ") if (word := _word(one))]
    if len(words) <= text.count(" "):
        return None
    folded = _SEVERAL_BLANKS.sub(" ", " ".join([word for word, _ in words]))
    sounds = any(sounding is not None for _, sounding in words)
    return _Line(
        folded,
        "".join("".join(found.groups("")) + " " for found in _SHORT_WORDS.finditer(folded)),
        "".join("".join(filter(str.isdecimal, number)) + " " for number in _THOUSANDS.findall(text)),
        _SEVERAL_BLANKS.sub(" ", " ".join([one if other is None else other for one, other in words]))
        if sounds
        else None,
    )


@lru_cache(maxsize=REMEMBERED)
def _word(word: str) -> tuple[str, str | None] | None:
    """Read a word without blanks: as folded, and as it sounds where it may be written otherwise."""
    folded, plain = fold(word), word.lower()
    if folded is None:
        return None
    return folded, fold(_loosely(plain)) if _SOUNDS.search(plain) else None


def _loosely(plain: str) -> str:
    text = _O_WITH_SIGN.sub("u", plain)
    for letters, alike in _ALIKE:
        text = text.replace(letters, alike)
    return text


def _code(text: str) -> tuple[str, str | None] | None:
    """Read a line that is a code: as folded, and without its signs where it has some or consists of several words."""
    if _NUMBERS.fullmatch(text):  # as most codes of 1C
        return text, text.replace("-", "").strip() if "-" in text else None
    folded = fold(text)
    if folded is None:
        return None
    return folded, None if _PLAIN_LINE.fullmatch(folded) else _BETWEEN.sub(" ", _SIGN.sub("", folded))


def fold(text: str) -> str | None:
    """Return the text as small Latin letters; None when it holds letters that are not among the usual ones.

    An asterisk is read by what stands beside it, blanks or not, and so is left to the database, too.
    """
    folded = text.translate(_FOLDED)
    if not folded.isascii() or "*" in folded:
        return None
    if "." in folded or "/" in folded:
        folded = _POINTS.sub(" ", folded)
    if "-" in folded:
        folded = _HYPHENS.sub("", folded)
    return _SEVERAL_BLANKS.sub(" ", _BETWEEN.sub(" ", folded))
