"""Decides what becomes of each row of a keyed chunk: which stored row it means, and what is written of it."""

from collections.abc import Mapping, Sequence

from ecatalog.db.sql import Connection

from catalog.keys import lookups, marks
from catalog.keys.codes import CodeChange, impossible
from catalog.keys.failures import LONGEST_KEY, NO_NAME, OTHER_BASE, OTHER_KEY, ROW_TWICE, short, the_key
from catalog.keys.lookups import Holder, KeySpace, KnownKey
from catalog.keys.marks import Mark
from catalog.keys.meant import KeyMatch, Meant
from catalog.keys.rows import Errors, KeyedRow


async def match(
    connection: Connection, space: KeySpace, rows: Sequence[KeyedRow], failed: Errors, *, replace: bool
) -> KeyMatch:
    """Match the rows with the stored ones, without those that have ``failed``.

    With ``replace`` stand-ins give way to codes.
    """
    left = {position: row for position, row in enumerate(rows) if position not in failed}
    known = await lookups.known(connection, space, [row.key for row in left.values() if row.key is not None])
    matched = KeyMatch(failed=dict(failed))
    wanted = _code_changes(left, known, matched, replace=replace)
    codes = {row.code for row in left.values() if row.code is not None and _is_new(row, known)}
    holders = await lookups.holders(connection, space, codes.union(change.new for change in wanted))
    stuck = impossible(wanted, holders)
    matched.failed |= stuck
    matched.changes = [change for change in wanted if change.position not in stuck]
    _Matcher(space, known, holders, matched).run(left)
    return matched


def _is_new(row: KeyedRow, known: Mapping[str, KnownKey]) -> bool:
    return row.key is None or row.key not in known or known[row.key].row_id is None


def _code_changes(
    rows: Mapping[int, KeyedRow], known: Mapping[str, KnownKey], matched: KeyMatch, *, replace: bool
) -> list[CodeChange]:
    """Find the known rows whose code is another one now. One that has its key for a code keeps that stand-in."""
    changes = []
    for position, row in rows.items():
        stored = known.get(row.key) if row.key is not None else None
        if stored is None or stored.row_id is None or row.code is None or row.is_stand_in or row.code == stored.code:
            continue
        if stored.code == row.key and not replace:
            matched.kept.add(position)
        else:
            changes.append(CodeChange(position, stored.row_id, stored.code, row.code))
    return changes


class _Matcher:
    """Goes over the rows of one chunk, when it is known which codes are given up."""

    def __init__(
        self, space: KeySpace, known: Mapping[str, KnownKey], holders: Mapping[str, Holder], matched: KeyMatch
    ) -> None:
        self._space = space
        self._known = known
        self._holders = holders
        self._matched = matched
        self._codes = {change.position: change.new for change in matched.changes}
        self._leaving = {change.row_id for change in matched.changes}
        self._meant: dict[int, KeyedRow] = {}

    def run(self, rows: Mapping[int, KeyedRow]) -> None:
        """Sort the rows; known ones first, because they keep others from being linked to the same row."""
        left = {position: row for position, row in rows.items() if position not in self._matched.failed}
        unknown = {position: row for position, row in left.items() if _is_new(row, self._known)}
        for position, row in left.items():
            if position not in unknown:
                self._known_key(position, row)
        for position, row in unknown.items():
            self._unknown_key(position, row)

    def _known_key(self, position: int, row: KeyedRow) -> None:
        stored = self._known[row.key or ""]
        code = self._codes.get(position, stored.code)
        mark, hides = marks.change(stored.mark, row.is_deleted, is_hidden=stored.is_deleted)
        self._write(Meant(position, row, stored.row_id, code, mark, hides, writes_key=mark != stored.mark))

    def _unknown_key(self, position: int, row: KeyedRow) -> None:
        holder = None if row.code is None else self._holders.get(row.code)
        if holder is not None and holder.row_id not in self._leaving:
            self._by_code(position, row, row.code or "", holder)
        elif row.is_deleted and row.key is not None and not row.has_name:
            self._matched.skipped.append(row.key)
        elif row.code is None:
            self._matched.parked.append(row.key or "")
        elif not row.has_name:
            self._matched.failed[position] = NO_NAME
        else:
            self._create(position, row, row.code)

    def _create(self, position: int, row: KeyedRow, code: str) -> None:
        mark, _ = marks.change(Mark(), row.is_deleted, is_hidden=False)
        hides = row.is_deleted if row.key is not None else None
        self._write(Meant(position, row, None, code, mark, hides, writes_key=row.key is not None))

    def _by_code(self, position: int, row: KeyedRow, code: str, holder: Holder) -> None:
        if row.key is None:
            return self._write(Meant(position, row, holder.row_id, code, holder.mark, None, writes_key=False))
        if problem := self._stranger(row, code, holder):
            self._matched.failed[position] = problem
            return
        before = self._known.get(row.key)
        mark, hides = marks.change(before.mark if before else holder.mark, row.is_deleted, is_hidden=holder.is_deleted)
        self._write(
            Meant(
                position, row, holder.row_id, code, mark, hides, writes_key=True,
                linked=holder.key is None, gone=holder.key,
            )
        )  # fmt: skip

    def _stranger(self, row: KeyedRow, code: str, holder: Holder) -> str | None:
        """Say why a row with another key is not this one."""
        said = {"code": short(code), "name": short(holder.name)}
        if holder.key is not None and holder.key != row.was:
            theirs, ours = short(holder.key, LONGEST_KEY), short(row.key or "", LONGEST_KEY)
            return OTHER_KEY.format(**said, theirs=theirs, key=ours)
        if holder.key is None and holder.bases:
            theirs, base = ", ".join(map(short, holder.bases[:2])), short(self._space.base)
            return OTHER_BASE.format(**said, theirs=theirs, base=base)
        return None

    def _write(self, meant: Meant) -> None:
        """Write a row, unless another one of the chunk is the same."""
        if meant.row_id is None:
            self._matched.meant.append(meant)
        elif other := self._meant.get(meant.row_id):
            self._matched.failed[meant.position] = ROW_TWICE.format(code=short(meant.code), key=the_key(other.key))
        else:
            self._meant[meant.row_id] = meant.row
            self._matched.meant.append(meant)
