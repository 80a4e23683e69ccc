"""The lists that an answer holds, and the choice of the one that is meant."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from integration.connectors.errors import Cause, SourceError
from integration.connectors.soap.batch import Kind
from integration.connectors.soap.mapping import RowMapper
from integration.connectors.soap.words import ERRORS, GENERAL, ITEMS, OTHER_GROUPS, OTHER_THINGS, WORDS
from integration.mappings.model import StreamMapping

MOST_LISTS = 100
_SHOWN = 5
_WRAPPERS = 3  # Envelope, Body and the answer's own element
_WORD = 2  # a name that says what the rows are counts as much as two columns


@dataclass(eq=False, slots=True)
class RowList:
    """Rows that stand at one place of an answer.

    ``path`` are the names from the root to the row; ``usual`` says that the row has the name that is agreed for its
    kind, or that its mapping names it.
    """

    number: int
    path: tuple[str, ...]
    mapper: RowMapper
    usual: bool
    rows: int = 0

    @property
    def name(self) -> str:
        """Return the path without what stands above every list of an answer."""
        return "/".join(self.path[_WRAPPERS:] if _is_wrapped(self.path) else self.path)


@dataclass(slots=True)
class Choice:
    """The lists that are read, and those that are refused; the rows of the latter stand inside other rows."""

    read: list[RowList]
    refused: list[RowList] = field(default_factory=list)


class Lists:
    """Registers the lists of one answer; ``forbidden`` counts characters that XML does not allow in packed ones."""

    def __init__(self, kind: Kind, mapping: StreamMapping, *, invert_is_active: bool = False) -> None:
        self.all: list[RowList] = []
        self._kind: Kind = kind
        self._mapping = mapping
        self._rows = tuple((mapping.rows or ITEMS[kind]).casefold().split("/"))
        self._invert_is_active = invert_is_active
        self._judge = self._mapper()
        self.forbidden = 0
        self._by_path: dict[tuple[str, ...], RowList] = {}
        self._empty: dict[tuple[str, ...], RowList] = {}

    def add(self, path: tuple[str, ...], *, usual: bool = False) -> RowList:
        if len(self.all) >= MOST_LISTS:
            raise SourceError(f"The answer holds more than {MOST_LISTS} lists", Cause.UNEXPECTED)
        found = RowList(len(self.all), path, self._mapper(), usual)
        self.all.append(found)
        return found

    def at(self, path: tuple[str, ...]) -> RowList:
        """Return the list at a place, created when it is new."""
        if path not in self._by_path:
            self._by_path[path] = self.add(path, usual=self.is_usual(path))
        return self._by_path[path]

    def add_empty(self, path: tuple[str, ...]) -> None:
        """Remember an element without rows whose name says that it is the list."""
        if path not in self._empty and len(self._empty) < MOST_LISTS and _has(path[-1].casefold(), WORDS[self._kind]):
            self._empty[path] = RowList(-1, path, self._judge, usual=False)

    def is_usual(self, path: tuple[str, ...]) -> bool:
        """Tell whether rows at this place have the usual name, or stand where the mapping says."""
        return tuple(name.casefold() for name in path[-len(self._rows) :]) == self._rows

    def holds_row(self, tags: Iterable[str]) -> bool:
        return self._judge.holds_row(tags)

    def choose(self) -> Choice:
        """Return the list that is clearly meant; raises a SourceError that names the lists when none is."""
        if usual := [found for found in self.all if found.usual]:
            return Choice(usual)
        if not self.all:
            return Choice([])
        if self._mapping.rows:
            return Choice([self._named_but_empty()])
        empty = [found for found in self._empty.values() if not any(_is_inside(found, other) for other in self.all)]
        groups = [*_groups(self._candidates()), *([found] for found in empty)]
        best, *others = sorted(groups, key=self._score, reverse=True)
        if self._score(best) < 0 or any(not self._is_clearly(best, other) for other in others):
            raise self._unclear(groups)
        inside = [found for found in self.all if found not in best and _same_rows_inside(best, found)]
        return Choice(best, inside)

    def of_errors(self) -> RowList | None:
        """Return the first list whose name says that its rows are errors."""
        return next((found for found in self.all if _has("/".join(found.path[-2:]).casefold(), ERRORS)), None)

    def _named_but_empty(self) -> RowList:
        """Return an element without rows that may be the list of the mapping; else its rows are missing."""
        if self._empty:
            return next(iter(self._empty.values()))
        shown = "; ".join(f"{found.name} ({found.rows} rows)" for found in self.all[:_SHOWN])
        message = f'The answer holds no rows "{self._mapping.rows}", which the mapping names; it holds: {shown}'
        raise SourceError(message, Cause.UNEXPECTED)

    def _mapper(self) -> RowMapper:
        return RowMapper(self._mapping, self._kind, invert_is_active=self._invert_is_active)

    def _candidates(self) -> list[RowList]:
        """Return the lists that can be meant. They are neither heads of the list inside them nor parts of each row."""
        return [found for found in self.all if not self._is_head(found) and not self._is_part(found)]

    def _is_head(self, found: RowList) -> bool:
        """Tell whether it is the code and the name of the answer itself."""
        return _is_answer(found.path) and found.rows == 1 and any(_is_inside(found, other) for other in self.all)

    def _is_part(self, found: RowList) -> bool:
        """Tell whether it is a value of rows, as the brand of a product with its own code and name."""
        return any(
            outer.path == found.path[:-1] and outer.rows >= found.rows and self._score([outer]) >= self._score([found])
            for outer in self.all
        )

    def _is_clearly(self, best: list[RowList], other: list[RowList]) -> bool:
        lead = self._score(best) - self._score(other)
        return lead >= _WORD or (lead > 0 and _rows(best) >= _rows(other))

    def _score(self, group: list[RowList]) -> int:
        """Count the columns of the kind that it fills and few other things have, and add what its names say."""
        filled = {column for found in group for column in found.mapper.filled}
        return len(filled - GENERAL) + max(self._words(found.path) for found in group)

    def _words(self, path: tuple[str, ...]) -> int:
        words = WORDS[self._kind]
        row, holder = path[-1].casefold(), path[-2].casefold() if len(path) > 1 else ""
        is_other = _has(row, OTHER_THINGS + OTHER_GROUPS) or _has(holder, OTHER_THINGS)
        if is_other or self._is_of_other_kind(row, holder):
            return -_WORD
        return _WORD * (_has(row, words) or _has(holder, words))

    def _is_of_other_kind(self, row: str, holder: str) -> bool:
        """Tell whether the names say that the rows are those of another operation: the row's own name counts first."""
        words = WORDS[self._kind]
        others = tuple(word for kind, listed in WORDS.items() if kind != self._kind for word in listed)
        said = next((name for name in (row, holder) if _has(name, words + others)), "")
        return _has(said, others) and not _has(said, words)

    def _unclear(self, groups: list[list[RowList]]) -> SourceError:
        shown = "; ".join(f"{group[0].name} ({_described(group)})" for group in groups[:_SHOWN])
        return SourceError(
            f"The answer holds {'a list' if len(groups) == 1 else 'lists'} of which none is clearly that of"
            f" {'products' if self._kind == 'nomenklatura' else 'clients'}: {shown}",
            Cause.UNEXPECTED,
        )


def _is_wrapped(path: tuple[str, ...]) -> bool:
    return path[0] == "Envelope" and len(path) > _WRAPPERS


def _is_answer(path: tuple[str, ...]) -> bool:
    """Tell whether it is the answer's own element, or the one inside it that holds the result."""
    return len(path) <= _WRAPPERS + 1 if path[0] == "Envelope" else len(path) == 1


def _described(group: list[RowList]) -> str:
    filled = sorted({column for found in group for column in found.mapper.filled})
    return f"{_rows(group)} rows with {', '.join(filled) or 'no known field'}"


def _groups(lists: list[RowList]) -> Iterator[list[RowList]]:
    """Group rows of one name into one list when some stand deeper than others in the same branch, as in groups."""
    left = list(lists)
    while left:
        group = [left.pop(0)]
        for other in list(left):
            if all(_same_branch(found, other) and not _nested(found, other) for found in group):
                group.append(other)
                left.remove(other)
        yield group


def _same_branch(one: RowList, other: RowList) -> bool:
    short, long = sorted((one.path[:-1], other.path[:-1]), key=len)
    return one.path[-1] == other.path[-1] and long[: len(short)] == short and len(long) > len(short)


def _nested(one: RowList, other: RowList) -> bool:
    return _is_inside(one, other) or _is_inside(other, one)


def _is_inside(outer: RowList, inner: RowList) -> bool:
    return len(inner.path) > len(outer.path) and inner.path[: len(outer.path)] == outer.path


def _same_rows_inside(best: list[RowList], found: RowList) -> bool:
    return any(_is_inside(outer, found) and outer.path[-1] == found.path[-1] for outer in best)


def _rows(group: list[RowList]) -> int:
    return sum(found.rows for found in group)


def _has(name: str, words: tuple[str, ...]) -> bool:
    return any(word in name for word in words)
