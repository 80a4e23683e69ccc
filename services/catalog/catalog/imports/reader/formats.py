"""Applies number formats: they decide what a cell shows of its number (ECMA-376, 18.8.31)."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cached_property, lru_cache
from typing import NamedTuple

LONGEST = 255
"""Excel allows at most this many characters in a format."""


class NotShown(ValueError):
    """Is raised when a cell shows another number than it holds, or one that is not known."""


class Piece(NamedTuple):
    """Is a part of a format: ``kind`` is one of the signs below, ``text`` is shown as it stands."""

    kind: str
    text: str = ""


ZERO, DIGIT, POINT, COMMA, PERCENT, EXPONENT, SLASH, GENERAL, DATE, WORD = "0#.,%E/GDw"

_PIECE = re.compile(
    r'"(?P<quoted>[^"]*)"?|\\(?P<escaped>.)|(?P<room>_.)|\*.|\[(?P<bracket>[^\]]*)\]'
    r"|(?P<general>general|основной|standard|@)|(?P<exponent>e[+-])|(?P<clock>am/pm|a/p)|(?P<end>;)|(?P<sign>.)",
    re.IGNORECASE | re.DOTALL,
)
_TEXT = "@"
_SIGNS = {"0": ZERO, "#": DIGIT, "?": DIGIT, ".": POINT, ",": COMMA, "%": PERCENT, "/": SLASH}
_PARTS_OF_A_DATE = frozenset("dmyhsDMYHS")
_ELAPSED = re.compile("h+|m+|s+", re.IGNORECASE)
_CONDITION = re.compile(r"(<=|>=|<>|<|>|=)(-?\d+(?:\.\d+)?)", re.ASCII)
_CURRENCY = re.compile(
    r"(?:[$€£¥₽₸₴]|руб|р|сум|сўм|so['`ʻʼ‘’]?m|uzs|usd|eur|rub)?\.?", re.IGNORECASE
)  # fmt: skip
# Beside the places of digits, which stand here as U+0000: what makes another number of them.
_MULTIPLIES = re.compile(
    r"\0[.,]*\d|\0[.,]+\0|\d[.,]*\0|[%‰]|тыс|млн|млрд|минг|ming|mln|mlrd|thousand|million", re.IGNORECASE
)


@dataclass
class Section:
    """Formats some of the numbers. ``condition`` says which, where the order of the sections does not."""

    pieces: list[Piece] = field(default_factory=list)
    condition: tuple[str, Decimal] | None = None

    @cached_property
    def kinds(self) -> str:
        return "".join(piece.kind for piece in self.pieces)

    @cached_property
    def words(self) -> str:
        """Return the text beside the digits."""
        return "".join(piece.text for piece in self.pieces if piece.kind == WORD).strip()

    @cached_property
    def multiplies(self) -> str:
        """Return the sign or word that makes another number of the digits."""
        places = "".join("\0" if piece.kind in {ZERO, DIGIT} else piece.text for piece in self.pieces)
        found = _MULTIPLIES.search(places)
        return found[0] if found else ""

    @property
    def is_date(self) -> bool:
        return DATE in self.kinds and not {DIGIT, GENERAL} & set(self.kinds)

    @property
    def is_odd(self) -> bool:
        return self.is_date or self.kinds.count(POINT) > 1

    @cached_property
    def digits(self) -> str:
        """Return the kinds from the first place of a digit on, without words and an exponent."""
        return re.sub("^[^0#]*", "", self.kinds.replace(WORD, "").partition(EXPONENT)[0])

    @property
    def is_grouped(self) -> bool:
        return re.search("[0#],+[0#]", self.digits.partition(POINT)[0]) is not None

    @property
    def is_scaled(self) -> bool:
        """Return whether thousands are left out: by commas behind the last digit."""
        return re.search(r"[0#],+(?![0#,])", self.digits) is not None

    @property
    def least_digits(self) -> int:
        """Return the least number of digits before the point."""
        whole = self.digits.partition(POINT)[0].replace(COMMA, "")
        return len(whole) - whole.find(ZERO) if ZERO in whole else 0

    def is_amount(self, *, signed: bool) -> bool:
        """Return whether it only makes numbers easier to read; ``signed`` where its words may be a minus."""
        if self.is_odd or self.least_digits > 1 or {PERCENT, SLASH} & set(self.kinds) or self.is_scaled:
            return False
        words = self.words.strip("()- ") if signed else self.words
        if not words:
            return bool({EXPONENT, GENERAL} & set(self.kinds) or self.digits or self.words)
        return self.is_grouped and _CURRENCY.fullmatch(words) is not None


_UNKNOWN = Section([Piece(POINT), Piece(POINT)])


class Format:
    """Is a format by its code; one that is too long shows nothing that is known."""

    def __init__(self, code: str) -> None:
        self.code = code
        self._sections = _sections(code or "General") if len(code) <= LONGEST else [_UNKNOWN]
        self._has_conditions = any(one.condition for one in self._sections)

    @property
    def is_date(self) -> bool:
        return self._sections[0].is_date

    @property
    def keeps_texts(self) -> bool:
        """Return whether every number is shown by its own digits."""
        first, *others = self._sections
        amounts = [first.is_amount(signed=False), *(one.is_amount(signed=True) for one in others)]
        return all(amounts) and not self._has_conditions and all(POINT not in one.kinds for one in self._sections)

    @property
    def keeps_numbers(self) -> bool:
        """Return whether no number is shown as another."""
        return not self._has_conditions and not any(
            one.is_odd or one.is_scaled or one.multiplies or one.words.startswith("-") for one in self._sections
        )

    def text(self, number: str) -> str:
        """Return the text shown for a number in plain digits, undecorated if an amount; raises :class:`NotShown`."""
        value = Decimal(number)
        section = self._section(value)
        if section.is_amount(signed=value <= 0):
            return _padded(number, section)
        if section.is_odd or section.is_scaled or section.is_grouped or {SLASH, EXPONENT} & set(section.kinds):
            raise NotShown
        if value < 0 and self._has_conditions:
            raise NotShown
        shown = _shown(section.pieces, (_hundredfold(number) if PERCENT in section.kinds else number).lstrip("-"))
        return f"-{shown}" if value < 0 and section is self._sections[0] else shown

    def number(self, number: str, *, percent: bool) -> str:
        """Return the number that is shown, in plain digits; ``percent`` where hundredths are counted.

        Raises :class:`NotShown`.
        """
        value = Decimal(number)
        section = self._section(value)
        if section.is_odd or section.is_scaled or (value > 0 and section.words.startswith("-")):
            raise NotShown
        if section.multiplies and not (percent and section.multiplies == "%"):
            raise NotShown
        return _hundredfold(number) if PERCENT in section.kinds else number

    def _section(self, value: Decimal) -> Section:
        sections = self._sections
        if self._has_conditions:
            found = next((one for one in sections if _meets(value, one.condition)), None)
            if found is None:
                raise NotShown
            return found
        if value < 0:
            return sections[min(1, len(sections) - 1)]
        return sections[2 if len(sections) > 2 and not value else 0]


known_format = lru_cache(1000)(Format)
"""A format by its code, which many cells have in common."""


def _sections(code: str) -> list[Section]:
    """Return the sections for numbers: a fourth one is for texts, and so is a last one with the sign of texts."""
    sections = [Section()]
    for found in _PIECE.finditer(code):
        section = sections[-1]
        if found["end"]:
            sections.append(Section())
        elif found["bracket"] is not None:
            section.condition = _bracket(found["bracket"], section.pieces) or section.condition
        else:
            section.pieces.append(_piece(found))
    if len(sections) > 1 and Piece(GENERAL, _TEXT) in sections[-1].pieces:
        sections.pop()
    return sections


def _piece(found: re.Match[str]) -> Piece:
    if found["general"]:
        return Piece(GENERAL, _TEXT if found["general"] == _TEXT else "")
    if found["exponent"]:
        return Piece(EXPONENT)
    if found["clock"]:
        return Piece(DATE)
    if sign := found["sign"]:
        if kind := _SIGNS.get(sign):
            return Piece(kind, "%" if kind == PERCENT else "")
        return Piece(DATE if sign in _PARTS_OF_A_DATE else WORD, sign)
    return Piece(WORD, " " if found["room"] else found["quoted"] or found["escaped"] or "")


def _bracket(inside: str, pieces: list[Piece]) -> tuple[str, Decimal] | None:
    """Return the condition in brackets, if it is one. A colour or a language is ignored, a currency is a word."""
    if _ELAPSED.fullmatch(inside):
        pieces.append(Piece(DATE))
    elif inside.startswith("$"):
        pieces.append(Piece(WORD, inside[1:].partition("-")[0]))
    elif found := _CONDITION.fullmatch(inside):
        return found[1], Decimal(found[2])
    return None


def _meets(number: Decimal, condition: tuple[str, Decimal] | None) -> bool:
    if condition is None:
        return True
    sign, limit = condition
    order = (number > limit) - (number < limit)
    return {"<": order < 0, ">": order > 0, "=": order == 0, "<=": order <= 0, ">=": order >= 0, "<>": order != 0}[sign]


def _hundredfold(number: str) -> str:
    shifted = Decimal(number).scaleb(2)
    return format(shifted.quantize(1) if shifted == shifted.to_integral_value() else shifted.normalize(), "f")


def _padded(number: str, section: Section) -> str:
    """Return a fraction with the zeros that are shown behind it, as in 2.10; a whole number never gets any."""
    whole, point, fraction = number.partition(".")
    places = 0 if EXPONENT in section.kinds else section.digits.partition(POINT)[2].count(ZERO)
    return f"{whole}.{fraction.ljust(places, '0')}" if point else number


def _shown(pieces: Sequence[Piece], number: str) -> str:
    whole, _, fraction = number.partition(".")
    kinds = [piece.kind for piece in pieces]
    if GENERAL in kinds:
        return "".join(number if piece.kind == GENERAL else piece.text for piece in pieces).strip()
    if not {ZERO, DIGIT} & set(kinds):
        return "".join(piece.text for piece in pieces).strip()
    point = kinds.index(POINT) if POINT in kinds else len(kinds)
    before, after = pieces[:point], pieces[point + 1 :]
    return (_filled_from_right(before, whole.lstrip("0")) + _filled_from_left(after, fraction)).strip()


def _filled_from_right(pieces: Sequence[Piece], digits: str) -> str:
    """Put the digits into their places; those without a place stand in the first."""
    places = sum(piece.kind in {ZERO, DIGIT} for piece in pieces)
    shown: list[str] = []
    for piece in reversed(pieces):
        if piece.kind not in {ZERO, DIGIT}:
            shown.append(piece.text)
            continue
        places -= 1
        digits, digit = (digits[:-1], digits[-1:]) if places else ("", digits)
        shown.append(digit or (ZERO if piece.kind == ZERO else ""))
    return "".join(reversed(shown))


def _filled_from_left(pieces: Sequence[Piece], digits: str) -> str:
    """Put the digits behind the point into their places, with the point; no digit may be lost by rounding."""
    shown: list[str] = []
    is_broken = bool(digits) or any(piece.kind == ZERO for piece in pieces)
    for piece in pieces:
        if piece.kind in {ZERO, DIGIT}:
            digit, digits = digits[:1], digits[1:]
            shown.append(digit or (ZERO if piece.kind == ZERO else ""))
        else:
            shown.append(piece.text)
    if digits:
        raise NotShown
    return ("." if is_broken else "") + "".join(shown)
