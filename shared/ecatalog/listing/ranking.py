"""Orders the results of a search: rows with such a name stand before rows that only hold the words."""

from collections.abc import Iterable

from ecatalog.db.sql import Sql, compose, join
from ecatalog.entities.filters import Where, escape_like
from ecatalog.entities.phrases import Phrase

NAME = "\v"
CODE = "\r"
"""A key holds this sign before a name, and around a code."""
SEVERAL_NAMES = "\t"
"""A key that has its name in several spellings begins with this sign."""


def rank_sql(phrase: Phrase, where: Where) -> Sql:
    """Return SQL for the rank of a key ``s.key`` that holds the words, the best first; its values go into ``where``.

    The whole phrase is a code, is the name, begins the name; all words stand as whole words; the rest. A single
    letter or digit stands nearly everywhere, so it counts only as a whole word of a code or name that is asked for,
    and where there are no other words, all of them count as one.
    These tests run for every hit: they are the plainest there are.
    """
    whole = phrase.whole
    codes = dict.fromkeys((whole.spellings[0], whole.code))
    is_code = _any(_holds(f"{CODE} {code} {CODE}", where) for code in codes if code)
    names = dict.fromkeys((*whole.spellings, *filter(str.isalpha, (one.replace(" ", "") for one in whole.spellings))))
    is_name = _any(_begins(f" {name} \n", where) for name in names)
    if whole.is_short:
        return compose("case when {is_code} then 0 when {is_name} then 1 else 4 end", is_code=is_code, is_name=is_name)
    last = " " if phrase.words[-1].is_short else ""
    begins = _any(_begins(f" {name}{last}", where) for name in names)
    longer = [word for word in phrase.words if not word.is_short] or [whole]
    each = [_any(_holds(f" {pattern} ", where) for pattern in word.patterns) for word in longer]
    return compose(
        "case when {is_code} then 0 when {begins} then case when {is_name} then 1 else 2 end when {each} then 3"
        " else 4 end",
        is_code=is_code, begins=begins, is_name=is_name, each=join(" and ", each),
    )  # fmt: skip


def _begins(part: str, where: Where) -> Sql:
    first, several = where.parameter(f"{NAME}{escape_like(part)}%"), where.parameter(f"{SEVERAL_NAMES}%")
    holds = _holds(NAME + part, where)
    return compose("s.key like {first} or s.key like {several} and {holds}", first=first, several=several, holds=holds)


def _holds(part: str, where: Where) -> Sql:
    return compose("position({part} in s.key) > 0", part=where.parameter(part))


def _any(conditions: Iterable[Sql]) -> Sql:
    return compose("({conditions})", conditions=join(" or ", conditions))
