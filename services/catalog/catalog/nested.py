"""The SQL of what answers nest: the project of a row, and its pictures. ``t`` is the row."""

from collections.abc import Mapping

from ecatalog.db.render import TIMESTAMP
from ecatalog.entities.sources import public_source
from pydantic import BaseModel

from catalog.images.schemas import (
    ClientImage,
    ImageProject,
    ProductImage,
    ProductImageOfProject,
    ProjectImage,
)
from catalog.project.schemas import ProjectBrief

HAS_INTEGRATION = "exists (select from integration n where n.project_id = {project} and not n.is_deleted)"

PICTURE = {
    "id": "i.image_id",
    "image": "%(base)s || i.path",
    "image_url": "%(base)s || i.path",
    "image_sm_url": "%(base)s || i.sm_path",
    "image_md_url": "%(base)s || i.md_path",
    "image_lg_url": "%(base)s || i.lg_path",
    "image_thumbnail_url": "%(base)s || i.thumbnail_path",
    "created_at": f"to_char(i.created_at, {TIMESTAMP})",
    "updated_at": f"to_char(i.updated_at, {TIMESTAMP})",
}
PICTURE |= {name: f"i.{name}" for name in ("category", "note", "is_main", "status", "source", "is_ai_generated")}
PICTURE |= {name: f"i.{name}" for name in ("is_active", "is_deleted")}

OWN_IMAGES = "i.owner_type = '{owner}' and i.owner_id = t.id and not i.is_deleted"


def select(schema: type[BaseModel], sql: Mapping[str, str]) -> str:
    """The select list of a nested row: its fields in their order, each by its SQL."""
    return ", ".join(f"{sql[name]} as {name}" for name in schema.model_fields)


def project(schema: type[BaseModel]) -> str:
    """The project of the row, or null."""
    sql = {"id": "p.id", "code_1c": "p.code_1c", "name": "p.name"}
    sql["is_integration"] = HAS_INTEGRATION.format(project="p.id")
    columns = select(schema, sql)
    return f"select row_to_json(x) from (select {columns} from project p where p.id = t.project_id) x"  # noqa: S608 - built from declarations


def images(owner: str, schema: type[BaseModel], sql: Mapping[str, str], condition: str = "true") -> str:
    """The pictures of the row, newest first."""
    columns = select(schema, {**PICTURE, **sql})
    return (
        f"select coalesce(json_agg(x), '[]'::json) from (select {columns} from image i"  # noqa: S608 - built from declarations
        f" where {OWN_IMAGES.format(owner=owner)} and {condition} order by i.image_id desc) x"
    )


def has_images(owner: str, condition: str = "true") -> dict[str, str]:
    """The conditions of the filter ``image_status``."""
    sql = f"exists (select from image i where {OWN_IMAGES.format(owner=owner)} and {condition})"
    return {"with": sql, "without": f"not {sql}"}


HAS_TEXT = "num_nonnulls(nullif(t.description, ''))"
DESCRIPTION_STATUS = {"with": f"{HAS_TEXT} = 1", "without": f"{HAS_TEXT} = 0"}
"""The conditions of the filter ``description_status``, in the form that the indexes have."""

AFTER_REVIVAL = "i.image_id > t.images_after"

PROJECT = f"({project(ProjectBrief)})"
IMAGE_PROJECT = f"({project(ImageProject)})"
OWN_PROJECT = "(select row_to_json(x) from (select t.id, t.code_1c, t.name) x)"
PROJECT_IMAGES = images("project", ProjectImage, {"project": OWN_PROJECT, "code_1c": "t.code_1c"}, AFTER_REVIVAL)
CLIENT_IMAGES = images(
    "client", ClientImage, {"client": "t.id", "project": IMAGE_PROJECT, "client_code_1c": "t.client_code_1c"}
)
_OF_PRODUCT = {"nomenklatura": "t.id", "project": IMAGE_PROJECT} | {
    name: f"t.{name}" for name in ("code_1c", "article_code", "roditel", "supplier", "country_code", "country")
}
PRODUCT_IMAGES = images("nomenklatura", ProductImage, _OF_PRODUCT)
PUBLIC_PRODUCT_IMAGES = images("nomenklatura", ProductImage, _OF_PRODUCT | {"source": public_source("i.source")})
PRODUCT_IMAGES_OF_PROJECT = images(
    "nomenklatura",
    ProductImageOfProject,
    _OF_PRODUCT | {"status": "(i.status->>'id')::int", "source": "(i.source->>'id')::int"},
)
