"""A mapping is made ready once for a list, so that each row costs little."""

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from integration.mappings.cleaners import Cleaner, Nothing, inverted
from integration.mappings.model import FieldMapping, StreamMapping
from integration.mappings.targets import Targets
from integration.mappings.transforms import Step, steps_of


@dataclass(frozen=True, slots=True)
class Plan:
    """How one target is filled.

    ``clean`` turns the text of one of the ``names`` into a value; it raises BadValue, or Nothing when the steps leave
    no text. ``otherwise`` are the names behind ``else``. With ``has_constant`` a row of which no field fills the target
    gets ``constant``.
    """

    target: str
    names: tuple[str, ...]
    clean: Cleaner
    otherwise: tuple[str, ...] = ()
    has_constant: bool = False
    constant: Any = None


def plans_of(mapping: StreamMapping, targets: Targets, *, invert_is_active: bool = False) -> Iterator[Plan]:
    """Return the plans of a stream. Raises BadValue for a constant that its column does not take."""
    for target, field in mapping.fields.items():
        clean = targets.cleaner(target)
        if clean is not None:
            yield plan_of(target, field, inverted if invert_is_active and target == "is_active" else clean)


def plan_of(target: str, field: FieldMapping, clean: Cleaner) -> Plan:
    """Return the plan of one target, whose texts ``clean`` cleans. Raises BadValue for a constant that it refuses."""
    steps = steps_of(field.do) if field.do else None
    has_constant, constant = False, None
    if steps:
        clean = _after(steps, clean)
        with suppress(Nothing):
            constant, has_constant = clean(""), True
    return Plan(target, field.names, clean, field.otherwise, has_constant, constant)


def _after(steps: Step, clean: Cleaner) -> Cleaner:
    def cleaned(text: str) -> Any:
        left = steps(text)
        if left == "":
            raise Nothing
        return None if left is None else clean(left)

    return cleaned
