"""The places of a document at which elements stand."""

from collections.abc import Callable
from dataclasses import dataclass, field

from lxml import etree

from integration.connectors.soap.lists import RowList
from integration.connectors.soap.mapping import Fields
from integration.connectors.xml.parsing import local_name

_MOST_PLACES = 10_000
_REMEMBERED = 100


@dataclass(eq=False, slots=True)
class Place:
    """All elements with the same names above them.

    ``rows`` is the list that stands here, ``is_usual`` says that its rows have the usual name, ``is_within`` that they
    stand inside rows of that name; ``rows_below`` are the lists of such rows right below, by tag. ``passed`` are the
    fields of the first elements here that did not look like rows, ``passed_by`` is the number of all of them.
    """

    places: "Places"
    names: tuple[str, ...]
    holder: "Place | None" = None
    is_usual: bool = False
    is_within: bool = False
    is_fault: bool = False
    rows: RowList | None = None
    rows_below: dict[str, RowList] = field(default_factory=dict)
    passed: list[Fields] = field(default_factory=list)
    passed_by: int = 0
    _below: dict[str, "Place"] = field(default_factory=dict)

    def below(self, tag: str) -> "Place":
        found = self._below.get(tag)
        return found or self.places.add(self, tag, self._below)

    @property
    def may_be_empty(self) -> bool:
        """Tell whether an element here is a row even if it holds nothing."""
        return self.rows is not None or (self.is_usual and not self.is_within)

    def pass_by(self, fields: Fields) -> None:
        self.passed_by += 1
        if len(self.passed) < _REMEMBERED:
            self.passed.append(fields)


class Places:
    """Creates places, up to a number; elements with names without end share the last."""

    def __init__(self, root: str, is_usual: Callable[[tuple[str, ...]], bool]) -> None:
        self.root = Place(self, (root,), is_usual=is_usual((root,)))
        self._is_usual = is_usual
        self._count = 0
        self._rest: Place | None = None

    def add(self, holder: Place, tag: str, known: dict[str, Place]) -> Place:
        if self._count >= _MOST_PLACES:
            self._rest = self._rest or Place(self, ("…",), is_within=True)
            return self._rest
        self._count += 1
        name = local_name(tag)
        names = (*holder.names, name)
        known[tag] = Place(
            self,
            names,
            holder,
            is_usual=self._is_usual(names),
            is_within=holder.is_within or holder.is_usual,
            is_fault=holder.is_fault or (name == "Fault" and holder.names == ("Envelope", "Body")),
        )
        return known[tag]


@dataclass(eq=False, slots=True)
class Level:
    """An element that has not ended: of its ``count`` ended children ``kept`` stay in the tree, ``size`` bytes long."""

    element: etree._Element
    place: Place
    kept: int = 0
    count: int = 0
    size: int = 0
