"""Searching small tables: every word anywhere, in any case."""

from ecatalog.entities.filters import Where, escape_like
from ecatalog.entities.phrases import words_of


def narrow(where: Where, phrase: str, texts: str) -> None:
    """Leave the rows in whose ``texts``, an SQL expression, each word of ``phrase`` stands."""
    for word in words_of(phrase):
        where.add(f"{texts} ilike {{value}}", f"%{escape_like(word)}%")
