"""What becomes of a record: a row of the catalog, or the reason why there is none."""

from dataclasses import dataclass


@dataclass(slots=True)
class SourceRow:
    """A clean row: its code, and ``payload``, a JSON object of only the columns that the source filled.

    Decimals are texts in it, dates YYYY-MM-DD. ``is_stand_in`` says that the code is the record's key, because it has
    none of its own. ``fills`` are columns in the same form that only a new row takes. ``key`` is that of a row whose
    source gives records none; None if its mapping names no field for it.
    """

    code: str
    payload: bytes
    is_stand_in: bool = False
    fills: bytes | None = None
    key: str | None = None


@dataclass(slots=True)
class RejectedRow:
    """A row that cannot be stored, with every reason. The code is None when the row has none."""

    code: str | None
    reason: str


@dataclass(slots=True)
class SkippedRow:
    """A row that the mapping leaves out; ``reason`` names the field and its value."""

    reason: str
