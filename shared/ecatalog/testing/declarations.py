"""Compares what is written beside a column, in its answer and in its event, with the declaration of the column."""

from collections.abc import Collection, Iterator
from datetime import datetime
from decimal import Decimal
from typing import Any, get_args

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from ecatalog.fields.column import ColumnSpec, columns_of
from ecatalog.fields.types import Json


def answer_lines(base: type[BaseModel], answer: type[BaseModel], hidden: Collection[str] = ()) -> list[str]:
    """Return the lines of columns that clients write which an answer lacks or has otherwise; ``hidden`` are not shown.

    Of another row whose id a column holds, the answer shows the row.
    """
    columns = {spec.name: (spec, base.model_fields[name]) for name, spec in columns_of(base).items()}
    return [
        f"{answer.__name__} lacks `{name}: {_shown(expected)}`"
        for name, (spec, field) in columns.items()
        if name not in hidden and name.removesuffix("_id") not in answer.model_fields.keys() - {name}
        if _type(answer, name) != (expected := _type_of(spec, field, {Decimal: str}))
    ]


def event_lines(model: type[BaseModel], row: type[BaseModel], derived: Collection[str] = ()) -> list[str]:
    """Return the lines that an event lacks, has otherwise or has too many; ``derived`` are none of the columns."""
    return [*_missing_in_event(model, row), *_not_public(model, row, derived)]


def _missing_in_event(model: type[BaseModel], row: type[BaseModel]) -> Iterator[str]:
    for attribute, spec in columns_of(model).items():
        expected = _type_of(spec, model.model_fields[attribute], {Decimal: str, datetime: str})
        if spec.public is None:
            continue
        found = row.model_fields.get(spec.name)
        if found is None or found.annotation != expected or (found.description or "") != spec.public:
            default = "" if type(None) not in get_args(expected) else "default=None, "
            line = f'{spec.name}: {_shown(expected)} = Field({default}description="{spec.public}")'
            yield f"{row.__name__} lacks `{line}`"


def _not_public(model: type[BaseModel], row: type[BaseModel], derived: Collection[str]) -> Iterator[str]:
    public = {spec.name for spec in columns_of(model).values() if spec.public is not None}
    for name, field in row.model_fields.items():
        if name not in public and name not in derived:
            yield f'column `{name}` lacks `public="{field.description}"`, since {row.__name__} shows it'


def _type(model: type[BaseModel], name: str) -> Any:
    return model.model_fields[name].annotation if name in model.model_fields else None


def _type_of(spec: ColumnSpec, field: FieldInfo, replaced: dict[Any, Any]) -> Any:
    """Return the type in which a column is shown: decimals, and in events times, are text; JSON may be anything."""
    kinds = get_args(field.annotation) or (field.annotation,)
    if isinstance(spec.type, Json) or Any in kinds:
        return Any
    (kind,) = (replaced.get(kind, kind) for kind in kinds if kind is not type(None))
    return kind | None if type(None) in kinds else kind


def _shown(kind: Any) -> str:
    return kind.__name__ if isinstance(kind, type) else str(kind)
