"""Searches by words in any field and any script, over a narrow table of folded text."""

import re
from dataclasses import dataclass

from ecatalog.db.sql import Ident, Sql, compose, join, number
from ecatalog.entities.filters import NEWEST, ROW, TRUE, Terms, Where, escape_like, order_sql
from ecatalog.entities.phrases import Phrase, Word

MOST_SIMILAR = 300
CLOSEST = ("closeness", "desc")
BEST = ("rank", "asc")

_OF_KEY = (compose("s.id"), compose("s.created_at"))

COUNTRY = "998"
LOCAL_DIGITS = 9


@dataclass(frozen=True)
class Search:
    """Says where the folded keys of live rows are kept: in ``table(id, created_at, key)``, indexed by both.

    The database has ``search_key``, by which its triggers keep the table, and the source of that. A key is made of
    the columns ``words``, the name first, and ``codes``. ``phones`` says that some codes are phones.
    """

    table: str
    words: tuple[str, ...]
    codes: tuple[str, ...]
    phones: bool = False

    def matching(self, phrase: Phrase, where: Where) -> Sql:
        """Return the condition on a key ``s.key`` that each word stands in it; its values go into ``where``."""
        return join(" and ", [self._holds(word, where) for word in phrase.words]) if phrase.words else TRUE

    def similar(self, phrase: Phrase, where: Where) -> tuple[Sql, Sql] | None:
        """Return the condition that words of the key look like those of the phrase, and how much they do.

        Numbers, codes and addresses do not look like others: they stand there or do not. Looking costs much for each
        row, so it ends with a number of rows that nobody reads through. None where there is nothing to go by.
        """
        text = " ".join(word.spellings[0] for word in phrase.words if not word.is_exact)
        if not _is_indexed(text):
            return None
        value = where.parameter(text)
        exact = [self._holds(word, where) for word in phrase.words if word.is_exact]
        words = compose(r"split_part(s.key, E'\r', 1)")
        alike = compose("{value}::text <%% s.key and {value}::text <%% {words}", value=value, words=words)
        found = compose(
            "s.id in (select s.id from {table} s where {alike} limit {most})",
            table=Ident(self.table), alike=join(" and ", [alike, *exact]), most=number(MOST_SIMILAR),
        )  # fmt: skip
        return found, compose("word_similarity({value}, {words})", value=value, words=words)

    def reads_keys_alone(self, where: Where, order: Terms) -> bool:
        """Return whether the narrow table is enough to find and order the hits."""
        return order == NEWEST and not where.narrows

    def hits_sql(self, table: Ident, condition: Sql, where: Where, live: Sql, order: Terms, **extra: Sql) -> Sql:
        """Return SQL for the hits with what orders them; it reads the wide table only when the question needs it.

        ``extra`` are columns of their own, by name.
        """
        more = [compose("{sql} as {name}", sql=sql, name=Ident(name)) for name, sql in extra.items()]
        if self.reads_keys_alone(where, order):
            return compose(
                "select {columns} from {keys} s where {condition}",
                columns=join(", ", [*_OF_KEY, *more]), keys=Ident(self.table), condition=condition,
            )  # fmt: skip
        names = dict.fromkeys(["id", *(name for name, _ in order)])
        columns = [compose("{row}.{name}", row=ROW, name=Ident(name)) for name in names]
        return compose(
            "select {columns} from {keys} s join {table} {row} on {row}.id = s.id"
            " where {condition} and {live} and {where}",
            columns=join(", ", [*columns, *more]), keys=Ident(self.table), table=table, row=ROW, condition=condition,
            live=live, where=where.sql,
        )  # fmt: skip

    def counted_sql(self, hits: Sql, order: Terms) -> Sql:
        """Return SQL for the number of hits, and for the ids of a page of them as an array.

        The hits are computed once, for both; otherwise the planner may walk the table in its order instead.
        """
        return compose(
            "with hit as materialized ({hits}) select (select count(*) from hit), array("
            "select {row}.id from hit {row} order by {order} limit %(limit)s offset %(offset)s)",
            hits=hits, row=ROW, order=order_sql(order),
        )  # fmt: skip

    def _holds(self, word: Word, where: Where) -> Sql:
        patterns = (*word.patterns, *(_abroad_and_at_home(word.code) if self.phones else ()))
        return compose("({any})", any=join(" or ", [_stands(pattern, where) for pattern in patterns]))


def _abroad_and_at_home(digits: str) -> tuple[str, ...]:
    """Return other ways to write a phone number with its country's code; without the code it must stand alone."""
    digits = digits.removeprefix("00")
    if not digits.isdecimal():
        return ()
    if digits.startswith(COUNTRY) and len(digits) == len(COUNTRY) + LOCAL_DIGITS:
        return digits, f"\r {digits.removeprefix(COUNTRY)} \r"
    if len(digits) == 11 and digits[0] in "78":
        return f"{'7' if digits[0] == '8' else '8'}{digits[1:]}", f"\r {digits[1:]} \r"
    return ()


def _stands(spelling: str, where: Where) -> Sql:
    if _is_indexed(spelling):
        return compose("s.key like {pattern}", pattern=where.parameter(f"%{escape_like(spelling)}%"))
    # Too short for the index: a scan of the narrow table, which LIKE would not make cheaper.
    return compose("position({spelling} in s.key) > 0", spelling=where.parameter(spelling))


def _is_indexed(spelling: str) -> bool:
    """Return whether a trigram index can find this text: three letters or digits in a row, or two beside a blank."""
    return re.search(r"[^\W_]{3}|[^\W_]{2} | [^\W_]{2}", spelling) is not None
