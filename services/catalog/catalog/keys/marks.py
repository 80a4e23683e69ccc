"""Says what a mark of deletion in a source means for its row.

Only a change of the mark counts: a row that a person hid, or showed again, stays so until the base changes its mind.
"""

from typing import NamedTuple


class Mark(NamedTuple):
    """Is what is remembered of a base's mark: whether it is set, and whether the row is hidden because of it."""

    is_marked: bool = False
    hidden_by_base: bool = False


def change(mark: Mark, is_deleted: bool | None, *, is_hidden: bool) -> tuple[Mark, bool | None]:
    """Return what is to be remembered, and whether the stored row is to be hidden or shown; None leaves it as it is.

    ``is_deleted`` is the mark that came, None where the source does not speak of marks; ``is_hidden`` is the stored
    row. One that was shown since is no longer hidden by the base: if it is hidden again, a person did it.
    """
    if is_deleted is None:
        return mark, None
    by_base = mark.hidden_by_base and is_hidden
    if is_deleted == mark.is_marked:
        return Mark(is_deleted, by_base), None
    if is_deleted:
        return Mark(True, not is_hidden), None if is_hidden else True
    return Mark(), False if by_base else None
