"""Searching by words in any field and any script, over a narrow table of folded text."""

import re
from dataclasses import dataclass

from ecatalog.entities.filters import ROW, Terms, Where, escape_like, order_sql
from ecatalog.entities.phrases import Phrase, Word

MOST_SIMILAR = 300
CLOSEST = ("closeness", "desc")
BEST = ("rank", "asc")
NEWEST: Terms = [("created_at", "desc"), ("id", "desc")]

COUNTRY = "998"
LOCAL_DIGITS = 9


@dataclass(frozen=True)
class Search:
    """Where the folded keys of a resource's live rows are kept: ``table(id, created_at, key)``, indexed by both.

    The database has ``search_key``, by which its triggers keep the table, and what that is made of. ``phones`` says
    that some codes are phones.
    """

    table: str
    phones: bool = False

    def matching(self, phrase: Phrase, where: Where) -> str:
        """The condition on a key ``s.key`` that each word stands in it; its values go into ``where``."""
        return " and ".join(self._holds(word, where) for word in phrase.words) or "true"

    def similar(self, phrase: Phrase, where: Where) -> tuple[str, str] | None:
        """The condition that words of the key look like those of the phrase, and how much they do.

        Numbers, codes and addresses do not look like others: they stand there or do not. Looking costs much for each
        row, so it ends with a number of rows that nobody reads through. None where there is nothing to go by.
        """
        text = " ".join(word.spellings[0] for word in phrase.words if not word.is_exact)
        if not _is_indexed(text):
            return None
        value = where.parameter(text)
        exact = [self._holds(word, where) for word in phrase.words if word.is_exact]
        words = r"split_part(s.key, E'\r', 1)"
        alike = " and ".join([f"{value}::text <%% s.key", f"{value}::text <%% {words}", *exact])
        found = f"select s.id from {self.table} s where {alike} limit {MOST_SIMILAR}"  # noqa: S608 - built from declarations
        return f"s.id in ({found})", f"word_similarity({value}, {words})"

    def hits_sql(self, table: str, condition: str, where: Where, live: str, order: Terms, **extra: str) -> str:
        """The hits with what they are ordered by; the wide table is read only when the question needs it.

        ``extra`` are columns of their own, by name.
        """
        more = "".join(f", {sql} as {name}" for name, sql in extra.items())
        if order == NEWEST and not where.narrows:
            return f"select s.id, s.created_at{more} from {self.table} s where {condition}"  # noqa: S608 - built from declarations
        columns = ", ".join(f"{ROW}.{name}" for name in dict.fromkeys(["id", *(name for name, _ in order)]))
        return (
            f"select {columns}{more} from {self.table} s join {table} {ROW} on {ROW}.id = s.id"  # noqa: S608 - built from declarations
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

    def _holds(self, word: Word, where: Where) -> str:
        patterns = (*word.patterns, *(_abroad_and_at_home(word.code) if self.phones else ()))
        return f"({' or '.join(_stands(pattern, where) for pattern in patterns)})"


def _abroad_and_at_home(digits: str) -> tuple[str, ...]:
    """Other ways to write a phone number that has its country's code; without that it must be all that is written."""
    digits = digits.removeprefix("00")
    if not digits.isdecimal():
        return ()
    if digits.startswith(COUNTRY) and len(digits) == len(COUNTRY) + LOCAL_DIGITS:
        return digits, f"\r {digits.removeprefix(COUNTRY)} \r"
    if len(digits) == 11 and digits[0] in "78":
        return f"{'7' if digits[0] == '8' else '8'}{digits[1:]}", f"\r {digits[1:]} \r"
    return ()


def _stands(spelling: str, where: Where) -> str:
    if _is_indexed(spelling):
        return f"s.key like {where.parameter(f'%{escape_like(spelling)}%')}"
    # Too short for the index: a scan of the narrow table, which LIKE would not make cheaper.
    return f"position({where.parameter(spelling)} in s.key) > 0"


def _is_indexed(spelling: str) -> bool:
    """Whether a trigram index can look for this text: three letters or digits in a row, or two beside a blank."""
    return re.search(r"[^\W_]{3}|[^\W_]{2} | [^\W_]{2}", spelling) is not None
