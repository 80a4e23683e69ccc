"""Holds what becomes of the rows of a keyed chunk, before anything is written."""

from dataclasses import dataclass, field

from catalog.keys.codes import CodeChange
from catalog.keys.lookups import KeySpace
from catalog.keys.marks import Mark
from catalog.keys.rows import Errors, KeyedRow
from catalog.upsert.engine import Values


@dataclass(slots=True)
class Meant:
    """Is a row that is written: the stored one ``row_id``, None for a new one, and its ``code`` afterwards.

    ``mark`` is to be remembered with its key, ``hides`` is written as ``is_deleted``. ``gone`` is the key that the row
    had before. A row that is ``linked`` had none.
    """

    position: int
    row: KeyedRow
    row_id: int | None
    code: str
    mark: Mark
    hides: bool | None
    writes_key: bool
    linked: bool = False
    gone: str | None = None

    def values(self, space: KeySpace) -> Values:
        """Return the columns that are written, as the engine takes them."""
        row = self.row
        given = row.values
        if self.row_id is None:
            said = {name: value for name, value in given.items() if value is not None or name not in row.fills}
            given = row.fills | said
        values = given | {space.entity.code: self.code, "project_id": space.project_id}
        if self.row_id is not None:
            values["row_id"] = self.row_id
        if self.hides is not None:
            values["is_deleted"] = self.hides
        return values


@dataclass
class KeyMatch:
    """Holds what becomes of the rows of a chunk, by their positions in it."""

    meant: list[Meant] = field(default_factory=list)
    changes: list[CodeChange] = field(default_factory=list)
    kept: set[int] = field(default_factory=set)
    parked: list[str] = field(default_factory=list)
    skipped: list[str] = field(default_factory=list)
    failed: Errors = field(default_factory=dict)

    @property
    def writes_keys(self) -> bool:
        """Return whether rows get keys, marks or codes."""
        return bool(self.changes) or any(one.writes_key for one in self.meant)
