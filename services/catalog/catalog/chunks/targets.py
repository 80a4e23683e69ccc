"""What a chunk of each kind is written to."""

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import orjson
from ecatalog.contracts.integration import SyncType
from sqlalchemy import Table
from sqlalchemy.dialects import postgresql

from catalog.client.models import Client
from catalog.nomenklatura.models import Nomenklatura
from catalog.publishing import CLIENT, NOMENKLATURA, Published

DIALECT = postgresql.dialect()  # type: ignore[no-untyped-call]  # so in SQLAlchemy

# What the catalog itself keeps of a row; a source has no say in it.
_OWN = frozenset(
    {"id", "project_id", "images_after", "enrichment_status", "last_enriched_at", "created_at", "updated_at"}
)


@dataclass(frozen=True)
class Target:
    """A table, and ``code``, the column by which its rows are matched within their project."""

    model: Any
    code: str
    published: Published

    @property
    def table(self) -> Table:
        return self.published.table

    @cached_property
    def types(self) -> dict[str, str]:
        """The columns that a chunk may hold, with their SQL types."""
        return {column.name: column.type.compile(DIALECT) for column in self.table.columns if column.name not in _OWN}

    @cached_property
    def defaults(self) -> dict[str, str]:
        """What a new row gets for a column that it does not have, as SQL, where that is not null."""
        mapper = self.model.__mapper__
        values = {
            mapper.get_property(name).columns[0].name: field.get_default(call_default_factory=True)
            for name, field in self.model.model_fields.items()
            if not field.is_required() and name not in _OWN
        }
        return {name: literal(value) for name, value in values.items() if value is not None}


def literal(value: Any) -> str:
    """A column's default as SQL."""
    text = value if isinstance(value, str) else orjson.dumps(value).decode()
    return "'{}'".format(text.replace("'", "''"))


TARGETS: dict[SyncType, Target] = {
    "nomenklatura": Target(Nomenklatura, "code_1c", NOMENKLATURA),
    "clients": Target(Client, "client_code_1c", CLIENT),
}
