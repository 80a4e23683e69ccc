"""What an element says of itself: that it is deleted, or that its list is not whole; and how deep it may go."""

from collections.abc import Mapping

from ecatalog.fields.written.booleans import read_boolean

from integration.connectors.errors import Cause, SourceError
from integration.connectors.source import Value

LONGEST_WAY = 64  # from the root to an element
_DELETED = ("удален", "удалён")


def too_deep() -> SourceError:
    return SourceError(f"The elements of the file are nested more than {LONGEST_WAY} deep", Cause.MALFORMED)


def is_deleted(status: str | None, fields: Mapping[str, Value]) -> bool:
    """Tell a deletion by its three forms: the attribute, the element of the same name, and the mark."""
    for one in (status, fields.get("Статус")):
        if isinstance(one, str) and one.strip().lower() in _DELETED:
            return True
    mark = fields.get("ПометкаУдаления", "false")
    return mark != "false" and isinstance(mark, str) and is_yes(mark) is True


def is_yes(text: str | None) -> bool | None:
    """Return what is said by a word; None when it says nothing that is understood."""
    try:
        return read_boolean((text or "").strip())
    except ValueError:
        return None
