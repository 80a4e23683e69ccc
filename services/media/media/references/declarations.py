"""The two kinds of references."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Literal, LiteralString

from ecatalog.db.sql import Sql, compose
from ecatalog.entities.filters import FilterSet, Where, exact, flag
from ecatalog.entities.rendering import Rendering
from ecatalog.fields.column import table_of
from ecatalog.security.permissions import Principal
from pydantic import BaseModel

from media.references.models import UPLOADERS, ImageSource, ImageStatus
from media.references.schemas import ImageSourceIn, ImageSourceOut, ImageStatusIn, ImageStatusOut

_UPLOADER = " ".join(f"when '{name}' then '{shown}'" for name, shown in UPLOADERS.items())


@dataclass(frozen=True)
class ReferenceTable:
    """A small table of words that pictures refer to.

    It is no ``Entity``: a source has no code, and the events of both wrap the row as clients see it. ``conflict`` says
    which value another row has; ``visible`` is SQL of the rows that are shown, if not all are. Agents change only rows
    that they have created, where it is known who did (``has_creator``).
    """

    name: Literal["status", "source"]
    rendering: Rendering
    body: type[BaseModel]
    searched: LiteralString
    conflict: Mapping[str, list[str]]
    visible: LiteralString = ""
    has_creator: bool = False

    @property
    def answer(self) -> type[BaseModel]:
        return self.rendering.schema

    @property
    def topics(self) -> tuple[str, ...]:
        """Names all lists whose answers a change of this kind makes old: pictures show it."""
        return (self.rendering.topic, "project_image", "client_image", "nomenklatura_image", "thumbnail")

    @cached_property
    def event_sql(self) -> Sql:
        """The statement that renders a row as its events show it."""
        return compose(
            "select t.is_deleted, row_to_json(x)::text from {table} t, lateral (select {fields}) x where t.id = %(id)s",
            table=self.rendering.name, fields=self.rendering.fields,
        )  # fmt: skip

    def shown(self) -> Where:
        """Return the condition of the rows that everyone sees."""
        where = Where()
        if self.visible:
            where.add(self.visible)
        return where

    def changeable(self, user: Principal) -> Where:
        """Return the condition of the rows that the user may change."""
        where = Where()
        if self.has_creator and user.role == "agent":
            where.add("t.created_by = {value}", user.user_id)
        return where


STATUSES = ReferenceTable(
    "status",
    Rendering(
        table=table_of(ImageStatus),
        schema=ImageStatusOut,
        nested={"order": 't."order"'},
        default_order="order,name",
    ),
    body=ImageStatusIn,
    searched="concat_ws(' ', t.code, t.name)",
    conflict={"code": ["Image Status with this code already exists."]},
    visible="t.is_active",
)
SOURCES = ReferenceTable(
    "source",
    Rendering(
        table=table_of(ImageSource),
        schema=ImageSourceOut,
        nested={"uploader_type_display": f"case t.uploader_type {_UPLOADER} end"},
        filters=FilterSet(exact("uploader_type"), flag("is_active")),
    ),
    body=ImageSourceIn,
    searched="concat_ws(' ', t.uploader_name, t.uploader_contact, t.upload_location, t.upload_device)",
    conflict={},
    has_creator=True,
)
