"""What the catalog does with rows that have keys, as far as this service knows it, for tests of this service alone."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from ecatalog.contracts.catalog import KeyedChunkApplied, KeyedFailure
from ecatalog.contracts.integration import KeyedChunk


class Ref(NamedTuple):
    project_id: int
    base: str
    stream: str
    key: str


@dataclass(eq=False)
class StoredRow:
    project_id: int
    stream: str
    code: str
    values: dict[str, Any]
    is_deleted: bool = False
    hidden_by_base: bool = False


@dataclass
class Counts:
    created: int = 0
    updated: int = 0
    unchanged: int = 0
    linked: int = 0
    relinked: int = 0
    renamed: int = 0
    kept: int = 0
    parked: list[str] = field(default_factory=list)
    skipped: list[str] = field(default_factory=list)
    failed: list[KeyedFailure] = field(default_factory=list)


class Refused(Exception):
    """The row is not written; the message says why."""


class KeyedCatalog:
    """Rows, and the keys by which sources know them. Rows whose keys are among ``refused`` fail.

    While it ``is_out_of_order`` each chunk is a dead letter.

    ``sent`` are the rows of all chunks in the order in which they came, ``chunks`` the numbers of rows of each.
    """

    def __init__(self) -> None:
        self.rows: list[StoredRow] = []
        self._codes: dict[tuple[int, str, str], StoredRow] = {}
        self.refs: dict[Ref, StoredRow] = {}
        self.refused: set[str] = set()
        self.is_out_of_order = False
        self.sent: list[dict[str, Any]] = []
        self.chunks: list[int] = []

    def row(self, key: str, stream: str = "nomenklatura", base: str | None = None) -> StoredRow:
        """The row that a source knows by a key; by whatever base, unless it is named."""
        (found,) = {row for ref, row in self.refs.items() if ref[2:] == (stream, key) and base in (None, ref.base)}
        return found

    def add(self, code: str, values: dict[str, Any], stream: str = "nomenklatura", project_id: int = 1) -> None:
        """A row that a person has made."""
        self._keep(StoredRow(project_id, stream, code, values))

    def by_code(self, project_id: int, stream: str, code: str) -> StoredRow | None:
        row = self._codes.get((project_id, stream, code))
        return row if row and row.code == code else None  # it may have another by now

    def clear(self) -> None:
        """Forget everything."""
        for kept in (self.rows, self.refs, self._codes):
            kept.clear()

    def _keep(self, row: StoredRow) -> None:
        self.rows.append(row)
        self._codes[row.project_id, row.stream, row.code] = row

    def apply(self, chunk: KeyedChunk) -> KeyedChunkApplied:
        self.sent += chunk.rows
        self.chunks.append(len(chunk.rows))
        counts = Counts()
        if self.is_out_of_order:
            counts.failed = [KeyedFailure(key=raw["key"], code=raw.get("code"), error="") for raw in chunk.rows]
            return KeyedChunkApplied(task_id=chunk.task_id, chunk=chunk.chunk, undeliverable=True, **counts.__dict__)
        moving = {id(row) for raw in chunk.rows if (row := self._moving(chunk, raw))}
        for raw in chunk.rows:
            try:
                self._write(chunk, raw, counts, moving)
            except Refused as error:
                counts.failed.append(KeyedFailure(key=raw["key"], code=raw.get("code"), error=str(error)))
        return KeyedChunkApplied(task_id=chunk.task_id, chunk=chunk.chunk, **counts.__dict__)

    def known(self, asked: dict[str, Any]) -> dict[str, Any]:
        """What the internal route says of keys and codes."""
        project, base, stream = asked["project_id"], asked["base"], asked["stream"]
        rows = {key: self.refs.get(Ref(project, base, stream, key)) for key in asked["keys"]}
        codes = {code: self.by_code(project, stream, code) for code in asked["codes"]}
        return {
            "keys": {key: {"code": row.code, "is_deleted": row.is_deleted} for key, row in rows.items() if row},
            "codes": {
                code: {
                    "keys": [ref.key for ref in self._refs_of(row) if ref.base == base],
                    "bases": [ref.base for ref in self._refs_of(row) if ref.base != base],
                }
                for code, row in codes.items()
                if row
            },
        }

    def _refs_of(self, row: StoredRow) -> list[Ref]:
        return [ref for ref, known in self.refs.items() if known is row]

    def _moving(self, chunk: KeyedChunk, raw: dict[str, Any]) -> StoredRow | None:
        """The row whose code changes by a row of the chunk."""
        row = self._by_key(chunk, raw)
        if row is None or "code" not in raw or raw.get("stand_in") or row.code == raw["code"]:
            return None
        return None if row.code == raw["key"] and not chunk.replace_stand_ins else row

    def _by_key(self, chunk: KeyedChunk, raw: dict[str, Any]) -> StoredRow | None:
        return self.refs.get(_ref(chunk, raw["key"])) if raw["key"] is not None else None

    def _write(self, chunk: KeyedChunk, raw: dict[str, Any], counts: Counts, moving: Iterable[int]) -> None:
        if {raw["key"], raw.get("code")} & self.refused:
            raise Refused("refused")
        row = self._by_key(chunk, raw)
        if "code" not in raw:
            if row is None:
                counts.parked.append(raw["key"])
            else:
                self._update(row, raw, row.code, counts)
            return
        if row is None:
            row = self._linked(chunk, raw, counts, moving)
        if row is None:
            self._create(chunk, raw, counts)
            return
        self._update(row, raw, self._code(chunk, raw, row, counts, moving), counts)

    def _linked(
        self, chunk: KeyedChunk, raw: dict[str, Any], counts: Counts, moving: Iterable[int]
    ) -> StoredRow | None:
        row = self.by_code(chunk.project_id, chunk.stream, raw["code"])
        if row is None or raw["key"] is None or id(row) in moving:
            return row if raw["key"] is None else None
        refs = self._refs_of(row)
        own = [ref for ref in refs if ref.base == chunk.base]
        if was := next((ref for ref in own if ref.key == raw.get("was")), None):
            del self.refs[was]
            counts.relinked += 1
        elif own:
            raise Refused(f"The code is that of the key {own[0].key}")
        elif refs:
            raise Refused(f"The code is that of a row of the base {refs[0].base}")
        else:
            counts.linked += 1
        self.refs[_ref(chunk, raw["key"])] = row
        return row

    def _create(self, chunk: KeyedChunk, raw: dict[str, Any], counts: Counts) -> None:
        values = raw.get("fills", {}) | raw["values"]
        is_deleted = raw.get("deleted", False)
        if "name" not in values:
            if not is_deleted:
                raise Refused("Name is missing")
            counts.skipped.append(raw["key"])
            return
        row = StoredRow(chunk.project_id, chunk.stream, raw["code"], values, is_deleted, is_deleted)
        self._keep(row)
        if raw["key"] is not None:
            self.refs[_ref(chunk, raw["key"])] = row
        counts.created += 1

    def _code(
        self, chunk: KeyedChunk, raw: dict[str, Any], row: StoredRow, counts: Counts, moving: Iterable[int]
    ) -> str:
        code: str = raw["code"]
        if row.code == code or raw.get("stand_in"):
            return row.code
        if row.code == raw["key"] and not chunk.replace_stand_ins:
            counts.kept += 1
            return row.code
        holder = self.by_code(chunk.project_id, chunk.stream, code)
        if holder is not None and holder is not row and id(holder) not in moving:
            raise Refused(f"The code {code} is taken")
        counts.renamed += 1
        return code

    def _update(self, row: StoredRow, raw: dict[str, Any], code: str, counts: Counts) -> None:
        before = (row.code, dict(row.values), row.is_deleted)
        row.code = code
        self._codes[row.project_id, row.stream, code] = row
        row.values |= raw["values"]
        if raw.get("deleted") and not row.is_deleted:
            row.is_deleted = row.hidden_by_base = True
        elif raw.get("deleted") is False and row.hidden_by_base:
            row.is_deleted = row.hidden_by_base = False
        counts.updated += 1
        counts.unchanged += before == (row.code, row.values, row.is_deleted)


def _ref(chunk: KeyedChunk, key: str) -> Ref:
    return Ref(chunk.project_id, chunk.base, chunk.stream, key)
