"""Filters and orderings of a list, declared once: they give SQL, OpenAPI parameters and error texts alike."""

import re
import time
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal, InvalidOperation
from functools import lru_cache
from typing import Any, LiteralString

from ecatalog.core.clock import local_zone
from ecatalog.core.errors import FieldErrors
from ecatalog.db.sql import Ident, Sql, compose, join, placeholder

ROW = Ident("t")
"""The alias of a list's own table in every SQL text here."""

DATE_FORMATS = (
    "%Y-%m-%d", "%m/%d/%Y", "%m/%d/%y", "%b %d %Y", "%b %d, %Y", "%d %b %Y", "%d %b, %Y",
    "%B %d %Y", "%B %d, %Y", "%d %B %Y", "%d %B, %Y",
)  # fmt: skip
MAX_FILTER_LENGTH = 1000
NULL_CHARACTERS = "Null characters are not allowed."
NUMBER = {"type": "number"}

TRUE = compose("true")

Terms = list[tuple[str, str]]
"""Columns to order by, each with ``asc`` or ``desc``."""
NEWEST: Terms = [("created_at", "desc"), ("id", "desc")]


class InvalidFilter(ValueError):
    """A filter value that cannot be read; the text is the client's."""


class Ignored(Exception):
    """Is raised for a value of a filter that the contract passes over."""


@dataclass(frozen=True)
class Filter:
    """Describes one query parameter. ``sql`` holds ``{value}`` for the parsed value, or is chosen by that value."""

    name: str
    sql: LiteralString | Callable[[Any], LiteralString]
    parse: Callable[[str], Any] = field(default=lambda raw: raw)
    description: str = ""
    schema: Mapping[str, Any] = field(default_factory=lambda: {"type": "string"})


@dataclass
class Where:
    """SQL conditions, all of which hold, and their parameters."""

    conditions: list[Sql] = field(default_factory=list)
    parameters: dict[str, Any] = field(default_factory=dict)

    def add(self, sql: LiteralString, value: Any = None) -> None:
        """Add a condition; ``{value}`` in it stands for ``value``."""
        self.conditions.append(_condition(sql, self.parameter(value) if "{value}" in sql else TRUE))

    def parameter(self, value: Any) -> Sql:
        """Return the placeholder of a value in conditions of the caller's own."""
        name = f"f{len(self.parameters)}"
        self.parameters[name] = value
        return placeholder(name)

    @property
    def sql(self) -> Sql:
        return join(" and ", self.conditions) if self.conditions else TRUE

    @property
    def narrows(self) -> bool:
        """Return whether anything is left out."""
        return bool(self.conditions)

    @property
    def key(self) -> tuple[Any, ...]:
        """Return the key of this selection, for a cache of counts."""
        return (self.sql, *self.parameters.values())


@lru_cache(maxsize=2000)
def _condition(sql: LiteralString, value: Sql) -> Sql:
    return compose(sql, value=value)


class FilterSet:
    """Holds the filters that one list offers."""

    def __init__(self, *filters: Filter | Sequence[Filter]) -> None:
        flat = [one for group in filters for one in ([group] if isinstance(group, Filter) else group)]
        self._filters = {one.name: one for one in flat}

    def apply(self, query: Mapping[str, str], where: Where) -> None:
        """Add a condition for each filter in the query; raises :class:`FieldErrors` for unreadable values."""
        errors: dict[str, list[str]] = {}
        for name, declared in self._filters.items():
            raw = query.get(name, "").strip()
            if not raw:
                continue
            try:
                if "\x00" in raw:
                    raise InvalidFilter(NULL_CHARACTERS)
                if len(raw) > MAX_FILTER_LENGTH:
                    raise InvalidFilter("Enter a valid value.")
                value = declared.parse(raw)
                where.add(declared.sql if isinstance(declared.sql, str) else declared.sql(value), value)
            except InvalidFilter as error:
                errors[name] = [str(error)]
            except Ignored:
                continue
        if errors:
            raise FieldErrors(errors)

    @property
    def parameters(self) -> list[dict[str, Any]]:
        """Return the OpenAPI parameters."""
        return [
            {"name": one.name, "in": "query", "required": False, "description": one.description,
             "schema": dict(one.schema)}
            for one in self._filters.values()
        ]  # fmt: skip


def exact(name: str, column: str = "") -> Filter:
    """Return a filter for a column that equals the value, letter by letter."""
    return Filter(name, f"{ROW}.{column or name} = {{value}}", description="Exactly this.")


def exact_ignoring_case(name: str) -> Filter:
    return Filter(name, f"lower({ROW}.{name}) = lower({{value}})", description="Exactly this, in any case.")


def contains(name: str, column: str, folded: str = "") -> Filter:
    """Return a filter for text anywhere in the column, in any case.

    ``folded`` is a table of folded search keys that hold the column: its index finds the rows that can match. What
    is too short for trigrams, or has none, is looked for in the column alone.
    """

    matches = compose("{row}.{column} ilike {{value}}", row=ROW, column=Ident(column))

    def condition(value: str) -> Sql:
        if not folded or not has_trigram(value):
            return matches
        # Signs at the ends of a text are read by what would stand beside them.
        return compose(
            "{row}.id in (select s.id from {folded} s where s.key like"
            " '%%' || btrim(search_fold(substr({{value}}, 2, length({{value}}) - 2))) || '%%') and {matches}",
            row=ROW, folded=Ident(folded), matches=matches,
        )  # fmt: skip

    return Filter(name, condition, lambda raw: f"%{escape_like(raw)}%", "Has this text anywhere, in any case.")


def has_trigram(text: str) -> bool:
    """Return whether a trigram index can look for this text: three letters or digits in a row."""
    return re.search(r"[^\W_]{3}", text) is not None


def escape_like(raw: str) -> str:
    return re.sub(r"([\\%_])", r"\\\1", raw)


def flag(name: str) -> Filter:
    """Return a filter for ``true`` or ``false``; any other value is passed over."""

    def parse(raw: str) -> bool:
        if raw not in {"true", "True", "false", "False"}:
            raise Ignored
        return raw in {"true", "True"}

    conditions = {True: f"{ROW}.{name}", False: f"not {ROW}.{name}"}
    return Filter(name, conditions.__getitem__, parse, "Only those, or only the others.", {"type": "boolean"})


def only_if_true(name: str, sql: str) -> Filter:
    """Return a filter whose ``true`` applies the condition; anything else means nothing."""

    def parse(raw: str) -> None:
        if raw not in {"true", "True"}:
            raise Ignored

    return Filter(name, sql, parse, "Only those, if `true`.", {"type": "boolean"})


def at_least(name: str, column: str) -> Filter:
    return Filter(name, f"{ROW}.{column} >= {{value}}", parse_number, "At least this.", NUMBER)


def at_most(name: str, column: str) -> Filter:
    return Filter(name, f"{ROW}.{column} <= {{value}}", parse_number, "At most this.", NUMBER)


def parse_number(raw: str) -> Decimal:
    try:
        value = Decimal(raw)
    except InvalidOperation:
        raise InvalidFilter("Enter a number.") from None
    if not value.is_finite() or abs(value.adjusted()) > 30:
        raise InvalidFilter("Enter a number.")
    return value


def one_of(name: str, conditions: Mapping[str, str]) -> Filter:
    """Return a filter for a word out of a few, each with its own condition."""

    def parse(raw: str) -> str:
        if raw not in conditions:
            raise InvalidFilter(f"Select a valid choice. {raw} is not one of the available choices.")
        return raw

    words = {"type": "string", "enum": list(conditions)}
    return Filter(name, conditions.__getitem__, parse, "Only those of which this is true.", words)


def whole_days(prefix: str, column: str) -> tuple[Filter, Filter]:
    """Return the filters ``<prefix>_from`` and ``<prefix>_to``: whole days, both inclusive."""

    def start(raw: str) -> datetime:
        return midnight(parse_date(raw))

    def end(raw: str) -> datetime:
        return midnight(parse_date(raw) + timedelta(days=1))

    schema = {"type": "string", "format": "date"}
    return (
        Filter(f"{prefix}_from", f"{ROW}.{column} >= {{value}}", start, "From this day on.", schema),
        Filter(f"{prefix}_to", f"{ROW}.{column} < {{value}}", end, "Up to this day, inclusive.", schema),
    )


def midnight(day: date) -> datetime:
    """Return the time at which a day begins."""
    return datetime(day.year, day.month, day.day, tzinfo=local_zone())


def parse_date(raw: str) -> date:
    for form in DATE_FORMATS:
        try:
            parsed = date(*time.strptime(raw, form)[:3])
        except ValueError:
            continue
        if parsed.year < 9999:
            return parsed
    raise InvalidFilter("Enter a valid date.")


def order_by(raw: str, sortable: Collection[str], default: str) -> Sql:
    """Return the SQL of ``ordering=a,-b``; see :func:`order_terms`."""
    return order_sql(order_terms(raw, sortable, default))


def order_terms(raw: str, sortable: Collection[str], default: str) -> Terms:
    """Return the order that ``ordering=a,-b`` asks for. Unknown names are skipped, and ties fall to the id.

    ``default`` is in the same language, and used when nothing usable was asked.
    """
    terms = _terms(raw, sortable) or _terms(default, sortable)
    if not any(column == "id" for column, _ in terms):
        terms.append(("id", terms[-1][1] if terms else "desc"))
    return terms


def order_sql(terms: Sequence[tuple[str, str]]) -> Sql:
    return join(", ", [_term_sql(column, direction) for column, direction in terms])


@lru_cache(maxsize=1000)
def _term_sql(column: str, direction: str) -> Sql:
    return compose("{row}.{column} {direction}", row=ROW, column=Ident(column), direction=Ident(direction))


def reversed_terms(terms: Sequence[tuple[str, str]]) -> Terms:
    """Return the same order from its other end, empty values included."""
    return [(column, "asc" if direction == "desc" else "desc") for column, direction in terms]


def _terms(raw: str, sortable: Collection[str]) -> Terms:
    terms: dict[str, str] = {}
    for part in raw.split(","):
        name = part.strip()
        column = name.removeprefix("-")
        if column in sortable and column not in terms:
            terms[column] = "desc" if name.startswith("-") else "asc"
    return list(terms.items())
