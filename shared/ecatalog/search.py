"""Searching by words in any field and any script, over a narrow table of folded text."""

from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass

from ecatalog.db import Database
from ecatalog.errors import FieldErrors
from ecatalog.filtering import NULL_CHARACTERS, ROW, Terms, Where, escape_like, has_trigram, order_sql

MAX_WORDS = 10
MAX_LENGTH = 1000
REMEMBERED_WORDS = 10_000
MOST_SIMILAR = 300
CLOSEST = ("closeness", "desc")
NEWEST: Terms = [("created_at", "desc"), ("id", "desc")]

_FOLD = "select fold(word), fold_loosely(word) from unnest(%s::text[]) word"

Folded = tuple[str, ...]
"""The spellings under which a word may stand in a key."""


@dataclass(frozen=True)
class Search:
    """Where the folded keys of a resource's live rows are kept: ``table(id, created_at, key)``, indexed by both.

    The database has ``fold`` and ``fold_loosely``, by which its triggers keep the table.
    """

    table: str

    def matching(self, words: Sequence[Folded], where: Where) -> str:
        """The condition on a key ``s.key`` that each word stands in it; its values go into ``where``."""
        return " and ".join(f"({' or '.join(_stands(spelling, where) for spelling in word)})" for word in words)

    def similar(self, phrase: str, where: Where) -> tuple[str, str]:
        """The condition that part of the key looks like the phrase, and how much it does.

        Looking costs much for each row, so it ends with a number of rows that nobody reads through.
        """
        value = where.parameter(phrase)
        alike = f"select id from {self.table} where {value}::text <%% key limit {MOST_SIMILAR}"  # noqa: S608 - built from declarations
        return f"s.id in ({alike})", f"word_similarity({value}, s.key)"

    def hits_sql(self, table: str, condition: str, where: Where, live: str, order: Terms, closeness: str = "") -> str:
        """The hits with what they are ordered by; the wide table is read only when the question needs it."""
        extra = f", {closeness} as {CLOSEST[0]}" if closeness else ""
        if order == NEWEST and not where.narrows:
            return f"select s.id, s.created_at{extra} from {self.table} s where {condition}"  # noqa: S608 - built from declarations
        columns = ", ".join(f"{ROW}.{name}" for name in dict.fromkeys(["id", *(name for name, _ in order)]))
        return (
            f"select {columns}{extra} from {self.table} s join {table} {ROW} on {ROW}.id = s.id"  # noqa: S608 - built from declarations
            f" where {condition} and {live} and {where.sql}"
        )

    def counted_sql(self, hits: str, order: Terms) -> str:
        """The number of hits, and the ids of a page of them as an array.

        The hits are made once, for both; otherwise the planner may walk the table in its order instead.
        """
        return (
            f"with hit as materialized ({hits}) select (select count(*) from hit), array("  # noqa: S608 - built from declarations
            f"select {ROW}.id from hit {ROW} order by {order_sql(order)} limit %(limit)s offset %(offset)s)"
        )

    def ids_sql(self, hits: str, order: Terms) -> str:
        """The ids of a page of the hits."""
        return (
            f"with hit as materialized ({hits}) select array("  # noqa: S608 - built from declarations
            f"select {ROW}.id from hit {ROW} order by {order_sql(order)} limit %(limit)s offset %(offset)s)"
        )

    def walked_sql(self, condition: str) -> str:
        """The ids of a page of the hits among the newest ``budget`` rows."""
        return (
            f"select array(select s.id from (select * from {self.table} order by created_at desc, id desc"  # noqa: S608 - built from declarations
            f" limit %(budget)s) s where {condition} order by s.created_at desc, s.id desc"
            " limit %(limit)s offset %(offset)s)"
        )


def _stands(spelling: str, where: Where) -> str:
    if has_trigram(spelling):
        return f"s.key like {where.parameter(f'%{escape_like(spelling)}%')}"
    # Too short for the index: a scan of the narrow table, which LIKE would not make cheaper.
    return f"position({where.parameter(spelling)} in s.key) > 0"


def words_of(phrase: str) -> list[str]:
    """The words of a query; raises for text that PostgreSQL cannot hold."""
    if "\x00" in phrase:
        raise FieldErrors({"search": [NULL_CHARACTERS]})
    return phrase[:MAX_LENGTH].split()[:MAX_WORDS]


class Folder:
    """Folds words as the database does, and remembers them: people ask for the same ones."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._known: OrderedDict[str, Folded] = OrderedDict()

    async def fold(self, words: Sequence[str]) -> list[Folded]:
        folded = {word: self._known.get(word) for word in words}
        missing = [word for word, spellings in folded.items() if spellings is None]
        if missing:
            rows = await self._database.fetch_rows(_FOLD, [missing])
            new = {word: tuple(dict.fromkeys(row)) for word, row in zip(missing, rows, strict=True)}
            folded |= new
            self._known |= new
            while len(self._known) > REMEMBERED_WORDS:
                self._known.popitem(last=False)
        return [folded[word] or () for word in words]
