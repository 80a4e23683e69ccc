"""What would become of a row that is sent, by what the catalog knows of its key and its code."""

from collections.abc import Collection, Iterator, Sequence
from typing import NamedTuple

from ecatalog.jobs.progress import JobError

from integration.runs.asking import Known

NO_NAME = "Name is missing"
TAKEN = "The code belongs to the record {}"
OF_ANOTHER_BASE = "The code belongs to a row of the base {}"


class ReadyRow(NamedTuple):
    """A row that would be sent; without a code it has columns alone."""

    key: str
    code: str | None
    is_keyless: bool
    is_stand_in: bool
    is_deleted: bool
    was: str | None
    has_name: bool | None


class Outcome(NamedTuple):
    """What would become of a row; an error has its sentence."""

    name: str
    error: JobError | None = None


def outcomes(rows: Sequence[ReadyRow], known: Known, *, replaces: bool) -> Iterator[Outcome]:
    """Yield what would become of each row; ``replaces`` says whether a code takes the place of a stand-in."""
    moving = {row.key for row in rows if row.key in known.keys and _change(row, known, replaces=replaces) == "renamed"}
    for row in rows:
        if row.code is None:
            yield Outcome("updated" if row.key in known.keys else "parked")
        elif row.is_keyless:
            yield Outcome("updated" if row.code in known.codes else "created")
        elif row.key in known.keys:
            yield _of_known(row, row.code, known, moving, replaces=replaces)
        else:
            yield _of_unknown(row, row.code, known, moving)


def _change(row: ReadyRow, known: Known, *, replaces: bool) -> str:
    """Return what becomes of the code of a row whose key is known."""
    code = known.keys[row.key]["code"]
    if row.is_stand_in or row.code == code:
        return "updated"
    return "kept" if code == row.key and not replaces else "renamed"


def _of_known(row: ReadyRow, code: str, known: Known, moving: Collection[str], *, replaces: bool) -> Outcome:
    change = _change(row, known, replaces=replaces)
    holders = _holders(row, code, known, moving)
    return _error(code, TAKEN.format(holders[0])) if change == "renamed" and holders else Outcome(change)


def _holders(row: ReadyRow, code: str, known: Known, moving: Collection[str]) -> list[str]:
    """Return the keys of the row that has a code, unless it gives the code up."""
    keys = known.codes[code]["keys"] if code in known.codes else []
    return [key for key in keys if key != row.key and key not in moving]


def _of_unknown(row: ReadyRow, code: str, known: Known, moving: Collection[str]) -> Outcome:
    holder = known.codes.get(code)
    holders = _holders(row, code, known, moving)
    if holder is None:
        if row.has_name:
            return Outcome("created")
        return Outcome("skipped") if row.is_deleted else _error(code, NO_NAME)
    if row.was in holder["keys"]:
        return Outcome("relinked")
    if holders:
        return _error(code, TAKEN.format(holders[0]))
    if holder["keys"]:
        return Outcome("created") if row.has_name else _error(code, NO_NAME)
    if holder["bases"]:
        return _error(code, OF_ANOTHER_BASE.format(holder["bases"][0]))
    return Outcome("linked")


def _error(code: str, sentence: str) -> Outcome:
    return Outcome("error", JobError(code, sentence))
