"""The rows that can be described: what a model is told of them, and which of them lack a description."""

from dataclasses import dataclass

from ecatalog.entities.entity import Entity
from sqlalchemy import Numeric

from catalog.entities.client import CLIENT
from catalog.entities.nomenklatura import NOMENKLATURA

# An editor leaves such a paragraph behind when its text is deleted. What is long is surely no empty one.
_NO_TEXT = (
    "(t.description is null or t.description = '' or (length(t.description) < 1000 and"
    r" t.description ~* '^(</?(p|br|div|span)(\s[^>]*)?/?>|&nbsp;|&#160;|\s|\u00a0|\u200b)*$'))"
)
_NO_DRAFT = (
    "not exists (select from generated_description g"
    " where g.kind = '{kind}' and g.row_id = t.id and g.is_draft)"
)  # fmt: skip
PROJECT_CODE = "(select p.code_1c from project p where p.id = t.project_id)"


@dataclass(frozen=True)
class Described:
    """One kind of row. ``facts`` are the only columns that leave the house; ``what`` says it to the model.

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
    def facts_sql(self) -> str:
        """The facts of ``t`` as JSON, without what is empty."""
        columns = self.entity.table.c
        parts = (
            f"'{name}': t.{name}{'::text' if isinstance(columns[name].type, Numeric) else ''}" for name in self.facts
        )
        return f"json_object({', '.join(parts)} absent on null)"

    def wanted(self, *, overwrite: bool) -> str:
        """The condition of rows to describe: live, active, and without a description or a draft of one."""
        usable = "not t.is_deleted and t.is_active"
        return usable if overwrite else f"{usable} and {self.empty}"

    @property
    def empty(self) -> str:
        return f"{_NO_TEXT} and {self.no_draft}"

    @property
    def no_draft(self) -> str:
        """The condition of rows without a draft that waits for a decision."""
        return _NO_DRAFT.format(kind=self.name)


PRODUCTS = Described(
    entity=NOMENKLATURA,
    what="product",
    facts=(
        "name", "title", "brand", "manufacturer", "model", "series", "category", "subcategory", "color", "size",
        "material", "weight", "dimensions", "volume", "unit_of_measure", "warranty_period", "country", "seo_keywords",
    ),
    has_status=True,
)  # fmt: skip

# Nothing by which a person or a company's money could be found: no contacts, addresses, tax numbers or limits.
CLIENTS = Described(
    entity=CLIENT,
    what="client company",
    facts=("name", "company_name", "industry", "business_type", "city", "region", "country", "established_date"),
    has_status=False,
)

KINDS = {one.name: one for one in (PRODUCTS, CLIENTS)}
