"""Declares the rows that can be described: the facts that a model gets, and which rows lack a description."""

from dataclasses import dataclass
from functools import cached_property

from ecatalog.db.sql import Ident, Sql, compose, join
from ecatalog.entities.entity import Entity
from ecatalog.entities.rendering import LIVE
from sqlalchemy import Numeric

from catalog.entities.client import CLIENT
from catalog.entities.nomenklatura import NOMENKLATURA

# An editor leaves such a paragraph behind when its text is deleted. What is long is surely no empty one.
_NO_TEXT = compose(
    "(t.description is null or t.description = '' or (length(t.description) < 1000 and"
    r" t.description ~* '^(</?(p|br|div|span)(\s[^>]*)?/?>|&nbsp;|&#160;|\s|\u00a0|\u200b)*$'))"
)
_NO_DRAFT = (
    "not exists (select from generated_description g where g.kind = '{kind}' and g.row_id = t.id and g.is_draft)"
)
_USABLE = compose("{live} and t.is_active", live=LIVE)
PROJECT_CODE = compose("(select p.code_1c from project p where p.id = t.project_id)")


@dataclass(frozen=True)
class Describable:
    """Declares one kind of row. ``facts`` are the only columns that leave the house; ``what`` names it to the model.

    ``has_status`` means that the row itself shows how far its description is.
    """

    entity: Entity
    what: str
    facts: tuple[str, ...]
    has_status: bool

    @property
    def name(self) -> str:
        return self.entity.name

    @property
    def table(self) -> Ident:
        """The table's name, as it stands in statements."""
        return self.entity.rendering.name

    @property
    def code(self) -> Ident:
        """The name of the column that holds a row's code."""
        return Ident(self.entity.code)

    @cached_property
    def facts_sql(self) -> Sql:
        """Return SQL for the facts of ``t`` as JSON, without empty ones."""
        columns = self.entity.table.c
        parts = [
            compose(
                "'{name}': t.{name}::text" if isinstance(columns[name].type, Numeric) else "'{name}': t.{name}",
                name=Ident(name),
            )
            for name in self.facts
        ]
        return compose("json_object({parts} absent on null)", parts=join(", ", parts))

    def wanted(self, *, overwrite: bool) -> Sql:
        """Return the condition of rows to describe: live, active, and without a description or a draft of one."""
        if overwrite:
            return _USABLE
        return compose(
            "{usable} and {no_text} and {no_draft}", usable=_USABLE, no_text=_NO_TEXT, no_draft=self.no_draft
        )

    @cached_property
    def no_draft(self) -> Sql:
        """Return the condition of rows without a draft that waits for a decision."""
        return compose(_NO_DRAFT, kind=self.table)


PRODUCTS = Describable(
    entity=NOMENKLATURA,
    what="product",
    facts=(
        "name", "title", "brand", "manufacturer", "model", "series", "category", "subcategory", "color", "size",
        "material", "weight", "dimensions", "volume", "unit_of_measure", "warranty_period", "country", "seo_keywords",
    ),
    has_status=True,
)  # fmt: skip

# Nothing by which a person or a company's money could be found: no contacts, addresses, tax numbers or limits.
CLIENTS = Describable(
    entity=CLIENT,
    what="client company",
    facts=("name", "company_name", "industry", "business_type", "city", "region", "country", "established_date"),
    has_status=False,
)

DESCRIBABLE = {one.name: one for one in (PRODUCTS, CLIENTS)}
