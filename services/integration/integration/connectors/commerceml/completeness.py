"""How much of each stream a set of files is, by what its parts say."""

from collections.abc import Sequence

from integration.connectors.commerceml.sections import Section
from integration.connectors.source import Complete, Completeness

_EMPTY = "The catalogue holds no goods, so it says nothing of those that are missing"


def completeness(sections: Sequence[Section], stream: str) -> list[Complete]:
    """Return how much was read, by scope: the whole only if all parts of the scope say that they are of a whole."""
    said: dict[str, list[Completeness]] = {}
    for section in sections:
        part = section.completeness(stream)
        if part is not None:
            said.setdefault(section.scope, []).append(part)
    return [_together(scope, parts) for scope, parts in said.items()]


def _together(scope: str, parts: list[Completeness]) -> Complete:
    told = [part for part in parts if part is not Completeness.UNKNOWN]
    if not told:
        return Complete(scope, Completeness.UNKNOWN, _EMPTY)
    is_whole = all(part is Completeness.YES for part in told)
    return Complete(scope, Completeness.YES if is_whole else Completeness.CHANGES)
