"""Searches small tables for words, anywhere and in any case."""

from ecatalog.entities.filters import Where, escape_like
from ecatalog.entities.phrases import words_of


def narrow(where: Where, phrase: str, texts: str) -> None:
    """Narrow ``where`` to the rows whose ``texts``, an SQL expression, contain each word of ``phrase``."""
    for word in words_of(phrase):
        where.add(f"{texts} ilike {{value}}", f"%{escape_like(word)}%")
