"""Writes the rows of a keyed chunk: matched by their keys, then by code; each fails alone."""

from collections.abc import Sequence
from dataclasses import dataclass

from ecatalog.db.sql import Connection
from psycopg.errors import DeadlockDetected, UniqueViolation

from catalog.keys import codes, refs
from catalog.keys.lookups import KeySpace
from catalog.keys.matching import match
from catalog.keys.meant import KeyMatch, Meant
from catalog.keys.refs import Ref
from catalog.keys.rows import Errors, KeyedRow
from catalog.upsert.engine import TRIES, Written, write_known
from catalog.upsert.events import publish_changed


@dataclass(frozen=True)
class KeyedOutcome:
    """Says what became of the rows of a chunk, as ``KeyedChunkApplied`` tells it; ``failed`` by their positions."""

    created: int
    updated: int
    unchanged: int
    parked: Sequence[str]
    skipped: Sequence[str]
    failed: Errors
    linked: int
    relinked: int
    renamed: int
    kept: int


class CodeInUse(Exception):
    """Somebody else has created a row with a new code meanwhile; it is found by then."""


class RowsRefused(Exception):
    """The database refused rows whose codes were changed already: these changes are to be undone."""

    def __init__(self, errors: Errors) -> None:
        super().__init__(errors)
        self.errors = errors


async def write_rows(
    connection: Connection, space: KeySpace, rows: Sequence[KeyedRow], failed: Errors, *, replace: bool
) -> KeyedOutcome:
    """Write the rows and publish them, but for those that have ``failed`` already.

    With ``replace`` a code takes the place of its stand-in. Rows that are known and get no new code cost no lock but
    that of the changed ones; where a key, a mark or a code is written, one chunk at a time is matched in a project.
    """
    errors, conflicts, is_alone = dict(failed), 0, False
    while True:
        matched = await match(connection, space, rows, errors, replace=replace)
        if matched.writes_keys and not is_alone:
            await refs.lock(connection, space)
            is_alone = True
            continue  # what the others have written is seen now
        try:
            async with connection.transaction():
                return await _write(connection, space, matched)
        except RowsRefused as refused:
            errors |= refused.errors
        except (CodeInUse, UniqueViolation, DeadlockDetected):
            # Rows are locked in the order of their codes, and somebody may have changed these since they were read.
            conflicts += 1
            if conflicts == TRIES:
                raise


async def _write(connection: Connection, space: KeySpace, matched: KeyMatch) -> KeyedOutcome:
    meant = matched.meant
    if matched.changes:
        await codes.hold(connection, space.entity, [one.row_id for one in meant if one.row_id is not None])
        await codes.rename(connection, space.entity, matched.changes)
    written = await write_known(connection, space.entity, [one.values(space) for one in meant])
    errors = {meant[index].position: error for index, error in written.failed.items()}
    if any(change.position in errors for change in matched.changes):
        raise RowsRefused(errors)
    done = [one for one in meant if one.position not in errors]
    await _write_keys(connection, space, done, written)
    changed = {*written.changed, *(change.row_id for change in matched.changes)}
    await publish_changed(connection, space.entity, [*written.created.values(), *changed])
    return _outcome(matched, done, errors, len(written.created), len(changed))


async def _write_keys(connection: Connection, space: KeySpace, done: Sequence[Meant], written: Written) -> None:
    """Write the keys of rows that are new or linked, and those with another mark."""
    found = []
    for one in done:
        row_id = one.row_id or written.created.get((one.code, space.project_id))
        if row_id is None:
            raise CodeInUse
        if one.writes_key and one.row.key is not None:
            found.append(Ref(one.row.key, row_id, one.mark))
    await refs.forget(connection, space, [one.gone for one in done if one.gone is not None])
    await refs.write(connection, space, found)


def _outcome(matched: KeyMatch, done: Sequence[Meant], errors: Errors, created: int, changed: int) -> KeyedOutcome:
    failed = matched.failed | errors
    return KeyedOutcome(
        created=created,
        updated=len(done) - created,
        unchanged=len(done) - created - changed,
        parked=matched.parked,
        skipped=matched.skipped,
        failed=dict(sorted(failed.items())),
        linked=sum(one.linked for one in done),
        relinked=sum(one.gone is not None for one in done),
        renamed=len(matched.changes),
        kept=len(matched.kept - failed.keys()),
    )
