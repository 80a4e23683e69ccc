"""Reads a search word by word, with the ways in which each word may be written."""

import re
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import NamedTuple

from ecatalog.core.errors import FieldErrors
from ecatalog.db.database import Database
from ecatalog.entities.filters import NULL_CHARACTERS

MAX_WORDS = 10
MAX_LENGTH = 1000
REMEMBERED_WORDS = 10_000
SHORTEST_PHONE = 7
"""Digits from which on a row of numbers is one number that somebody wrote with blanks."""

_FOLD = "select search_spellings(word), search_code(search_fold(word)) from unnest(%s::text[]) word"
_SCHEME = re.compile(r"^tel:", re.IGNORECASE)
_NUMBER = re.compile(r"[\d()+./\-‐-―−]+")


class Word(NamedTuple):
    """A word, or a number with blanks, as typed and folded: by letters, sounds and shapes, and as a code."""

    typed: str
    spellings: tuple[str, ...]
    code: str

    @property
    def patterns(self) -> tuple[str, ...]:
        """Return the texts one of which stands in the key of a row that holds the word."""
        if not self.spellings:
            return ()
        if len(self.typed) == 1:  # what one letter sounds like is not what was meant
            return self.spellings[:1]
        code = (self.code,) if self._is_code else ()
        return tuple(dict.fromkeys((*self.spellings, *code)))

    @property
    def is_short(self) -> bool:
        return len(self.spellings[0]) < 2 or len(self.typed) < 2

    @property
    def is_exact(self) -> bool:
        """Return whether only the same will do: another number, code or address is another thing."""
        return re.search(r"[\d@]", self.spellings[0]) is not None

    @property
    def _is_code(self) -> bool:
        """Return whether the word is so long that its signs may be left out: 5-10 is not 510, nor is 1.5 15."""
        digits = sum(letter.isdigit() for letter in self.code)
        if "." in self.spellings[0]:
            return digits >= SHORTEST_PHONE
        return digits >= 5 or (digits == 4 and not self.code.isdigit())


@dataclass(frozen=True)
class Phrase:
    """The words of a query without those that are only signs, and all of them as one."""

    words: tuple[Word, ...]
    whole: Word

    @property
    def key(self) -> tuple[str, ...]:
        """Tells this phrase from others."""
        return (*self.whole.spellings, *(word.typed for word in self.words))


def words_of(phrase: str) -> list[str]:
    """Return the words of a query; raises for text that PostgreSQL cannot hold."""
    if "\x00" in phrase:
        raise FieldErrors({"search": [NULL_CHARACTERS]})
    return phrase[:MAX_LENGTH].split()[:MAX_WORDS]


def with_whole_numbers(words: Sequence[str]) -> list[str]:
    """Return the words, with the parts of a long number as one: a phone is no set of three digits and two and two."""
    joined: list[str] = []
    bare = (_SCHEME.sub("", word) for word in words)
    for is_number, run in groupby(bare, key=lambda word: _NUMBER.fullmatch(word) is not None):
        parts = list(run)
        long = is_number and sum(sign.isdigit() for part in parts for sign in part) >= SHORTEST_PHONE
        joined.extend([" ".join(parts)] if long else parts)
    return joined


class Folder:
    """Folds words as the database does, and remembers them: people ask for the same ones."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._known: OrderedDict[str, Word] = OrderedDict()

    async def fold(self, phrase: str, *, whole_numbers: bool) -> Phrase:
        """Fold the words of a query; ``whole_numbers`` says that the rows have phones."""
        typed = words_of(phrase)
        parts = with_whole_numbers(typed) if whole_numbers else typed
        *words, whole = await self._fold([*parts, " ".join(typed)])
        return Phrase(tuple(word for word in words if word.spellings), whole)

    async def _fold(self, texts: Sequence[str]) -> list[Word]:
        words = {text: self._known.get(text) for text in texts}
        missing = [text for text, word in words.items() if word is None]
        if missing:
            rows = await self._database.fetch_rows(_FOLD, [missing])
            for text, (spellings, code) in zip(missing, rows, strict=True):
                bare = dict.fromkeys(spelling.strip(" ") for spelling in spellings)
                words[text] = self._known[text] = Word(text, tuple(filter(None, bare)), code)
            while len(self._known) > REMEMBERED_WORDS:
                self._known.popitem(last=False)
        return [word for text in texts if (word := words[text]) is not None]
