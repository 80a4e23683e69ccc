"""Writes the SQL of what answers nest: the project of a row, its pictures, and its products. ``t`` is the row."""

from collections.abc import Mapping
from typing import LiteralString

from ecatalog.db.render import TIMESTAMP
from ecatalog.db.sql import Ident, Sql, compose, join
from ecatalog.entities.images import ImageProject, addresses
from ecatalog.entities.sources import public_source
from pydantic import BaseModel

from catalog.images.schemas import (
    ClientImage,
    ProductImage,
    ProductImageOfProject,
    ProjectImage,
)
from catalog.project.schemas import ProductOfProject, ProjectBrief

Columns = Mapping[str, LiteralString]
"""The SQL of columns, by their names."""

HAS_INTEGRATION = "exists (select from integration n where n.project_id = {project} and not n.is_deleted)"

TIMES = ("created_at", "updated_at")
PICTURE: dict[str, LiteralString] = {
    "id": "i.image_id",
    **addresses("i"),
    **{name: f"to_char(i.{name}, {TIMESTAMP})" for name in TIMES},
}
PICTURE |= {name: f"i.{name}" for name in ("category", "note", "is_main", "status", "source", "is_ai_generated")}
PICTURE |= {name: f"i.{name}" for name in ("is_active", "is_deleted")}

_OWN_IMAGES = "i.owner_type = '{owner}' and i.owner_id = t.id and not i.is_deleted and {condition}"


def select(schema: type[BaseModel], sql: Columns) -> Sql:
    """Write the select list of a nested row: its fields in their order."""
    columns = [compose("{sql} as {name}", sql=compose(sql[name]), name=Ident(name)) for name in schema.model_fields]
    return join(", ", columns)


def project(schema: type[BaseModel]) -> Sql:
    """Write a query for the project of the row, or null."""
    sql: dict[str, LiteralString] = {name: f"p.{name}" for name in ("id", "code_1c", "name")}
    sql["is_integration"] = HAS_INTEGRATION.format(project="p.id")
    return compose(
        "select row_to_json(x) from (select {columns} from project p where p.id = t.project_id) x",
        columns=select(schema, sql),
    )


def images(owner: str, schema: type[BaseModel], sql: Columns, condition: LiteralString = "true") -> Sql:
    """Write a query for the pictures of the row, newest first."""
    return compose(
        "select coalesce(json_agg(x), '[]'::json) from (select {columns} from image i"
        " where {own} order by i.image_id desc) x",
        columns=select(schema, {**PICTURE, **sql}), own=_own_images(owner, condition),
    )  # fmt: skip


def has_images(owner: str, condition: LiteralString = "true") -> dict[str, Sql]:
    """Write the conditions of the filter ``image_status``."""
    sql = compose("exists (select from image i where {own})", own=_own_images(owner, condition))
    return {"with": sql, "without": compose("not {sql}", sql=sql)}


def _own_images(owner: str, condition: LiteralString) -> Sql:
    return compose(_OWN_IMAGES, owner=Ident(owner), condition=compose(condition))


HAS_TEXT = "num_nonnulls(nullif(t.description, ''))"
DESCRIPTION_LENGTH = {"description_length": "length(coalesce(t.description, ''))"}
"""Events show the length in place of a text that has no bound."""

DESCRIPTION_STATUS = {"with": f"{HAS_TEXT} = 1", "without": f"{HAS_TEXT} = 0"}
"""The conditions of the filter ``description_status``, in the form that the indexes have."""

AFTER_REVIVAL = "i.image_id > t.images_after"

PROJECT = compose("({project})", project=project(ProjectBrief))
IMAGE_PROJECT = compose("({project})", project=project(ImageProject))
OWN_PROJECT = "(select row_to_json(x) from (select t.id, t.code_1c, t.name) x)"
PROJECT_IMAGES = images("project", ProjectImage, {"project": OWN_PROJECT, "code_1c": "t.code_1c"}, AFTER_REVIVAL)
CLIENT_IMAGES = images(
    "client", ClientImage, {"client": "t.id", "project": IMAGE_PROJECT, "client_code_1c": "t.client_code_1c"}
)
_OF_PRODUCT: Columns = {"nomenklatura": "t.id", "project": IMAGE_PROJECT} | {
    name: f"t.{name}" for name in ("code_1c", "article_code", "roditel", "supplier", "country_code", "country")
}
PRODUCT_IMAGES = images("nomenklatura", ProductImage, _OF_PRODUCT)
PUBLIC_PRODUCT_IMAGES = images("nomenklatura", ProductImage, {**_OF_PRODUCT, "source": public_source("i.source")})
PRODUCT_IMAGES_OF_PROJECT = images(
    "nomenklatura",
    ProductImageOfProject,
    {**_OF_PRODUCT, "status": "(i.status->>'id')::int", "source": "(i.source->>'id')::int"},
)

PRODUCT_OF_PROJECT = select(
    ProductOfProject,
    {
        **{name: f"t.{name}" for name in ProductOfProject.model_fields},
        **{name: f"to_char(t.{name}, {TIMESTAMP})" for name in TIMES},
        "images": f"({PRODUCT_IMAGES_OF_PROJECT})",
        "project": "owner.brief",
    },
)
"""The columns of a product in its project's answer, whose brief is read once: it stands in ``owner``."""


def owner(project: LiteralString) -> Sql:
    """Write the source of the project's brief, where ``project`` is its id."""
    return compose(f"(select {PROJECT.replace('t.project_id', project)} as brief) owner")


PRODUCTS_OF_PROJECT = compose(
    "select (select coalesce(json_agg(x), '[]'::json) from (select {columns} from {owner}, nomenklatura t"
    " where t.project_id = self.id and not t.is_deleted order by t.created_at desc, t.id desc"
    ") x) from (select t.id) self",
    columns=PRODUCT_OF_PROJECT, owner=owner("self.id"),
)  # fmt: skip
