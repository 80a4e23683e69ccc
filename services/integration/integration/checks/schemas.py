from typing import Annotated, Any, Literal

from ecatalog.fields.types import Integer, Text
from pydantic import BaseModel, ConfigDict

from integration.mappings.schemas import MappingIn

MOST_ROWS = 50


class StreamCheck(BaseModel):
    """A stream of a source.

    ``object`` is where its records stand: an operation, or elements. ``count`` is how many of them came last, null when
    nobody knows before reading them. ``missing_fields`` are the columns of the mapping that no field of the source
    fills.
    """

    stream: str
    object: str | None
    available: bool
    count: int | None
    problem: str | None
    missing_fields: list[str]


class PriceTypeOut(BaseModel):
    """A price type: how many records have a price of it, and the columns that it fills. Prices are not shown."""

    key: str
    name: str | None
    count: int
    fills: list[str]


class WarehouseOut(BaseModel):
    """A warehouse: how many records have a quantity in it, and whether it counts into the stock."""

    key: str
    name: str | None
    count: int
    is_counted: bool


class SetOut(BaseModel):
    """The files of one exchange or upload. ``outcome`` is null while it is open or at work; ``bytes`` are kept."""

    id: int
    started_by: Literal["exchange", "file"]
    is_dry_run: bool
    outcome: Literal["succeeded", "failed", "left"] | None
    files: int
    bytes: int
    missing: int | None
    created_at: str
    closed_at: str | None
    ended_at: str | None


class ExchangeOut(BaseModel):
    """What came from a base that calls by itself, or by hand.

    ``last_session_at`` is when 1C spoke to us last, ``last_full_at`` when a whole list of products was applied last.
    """

    has_password: bool
    last_session_at: str | None
    last_full_at: str | None
    last_set: SetOut | None


class CheckOut(BaseModel):
    """Whether the source can be used; ``cause`` is a fixed word, ``message`` a sentence for a person.

    ``warnings`` are sentences on what may not be as somebody wishes. ``exchange`` is null for a source that is called.
    """

    ok: bool
    cause: str | None
    message: str
    operations: list[str]
    streams: list[StreamCheck]
    price_types: list[PriceTypeOut]
    warehouses: list[WarehouseOut]
    exchange: ExchangeOut | None
    warnings: list[str]


class SampleIn(BaseModel):
    """Which records to show. A ``mapping`` is tried in place of the one that counts, and not stored."""

    model_config = ConfigDict(extra="forbid")

    stream: Annotated[str, Text(50, blank=False)]
    limit: Annotated[int, Integer((1, MOST_ROWS))] = 20
    mapping: MappingIn | None = None


class SampledRow(BaseModel):
    """A record: its fields as they came, and the columns that they fill; null when it becomes no row.

    What stands behind ``else`` is among the columns, although only a new row takes it. Of texts the first 1,000
    characters are shown, of lists the first 100 parts.
    """

    raw: dict[str, Any]
    mapped: dict[str, Any] | None
    problems: list[str]


class SampledField(BaseModel):
    """A field: its type if the source declares one, an example, how many of the records fill it, and its columns."""

    name: str
    type: str | None
    sample: str
    filled: int
    mapped_to: list[str]


class SampleOut(BaseModel):
    """The first records of a stream. Fields are counted in at most 1,000 of them (``looked_at``).

    ``unknown`` are the fields that no column takes and that the mapping does not ignore.
    """

    stream: str
    looked_at: int
    rows: list[SampledRow]
    fields: list[SampledField]
    unknown: list[str]
