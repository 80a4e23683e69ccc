"""The elements around rows: the sections of a file, groups of goods, and what has no meaning of its own."""

from dataclasses import dataclass, field

from lxml import etree

from integration.connectors.commerceml.fields import add_field, attributes_of, first, key_of, text_of
from integration.connectors.commerceml.sections import CLASSIFIER, GROUP, ROOT, ROWS, Section
from integration.connectors.source import Value

_MOST_FIELDS = 1000  # of a group, whose element is not kept until it ends


@dataclass(eq=False, slots=True)
class Group:
    """A group of goods, read as it comes: all others may stand in it."""

    parent: "Group | None"
    status: str | None
    fields: dict[str, Value] = field(default_factory=dict)
    heard: int = 0

    @property
    def key(self) -> str:
        """Return its key; without one, that of the group around it."""
        return key_of(first(self.fields.get("Ид", ""))) or self.parent_key

    @property
    def parent_key(self) -> str:
        return self.parent.key if self.parent else ""


@dataclass(frozen=True, slots=True)
class Holder:
    """An element around rows: the ``section`` and the ``group`` that it stands in, or that it ``is`` itself."""

    section: Section
    group: Group | None = None
    is_section: bool = False
    is_group: bool = False

    @property
    def is_plain(self) -> bool:
        return not (self.is_section or self.is_group)

    def hear(self, name: str, element: etree._Element, left: int) -> None:
        """Take an element inside that holds nothing but a text."""
        if self.is_section:
            self.section.hear(name, text_of(element))
        elif self.is_group and self.group is not None and self.group.heard < _MOST_FIELDS:
            self.group.heard += 1
            add_field(self.group.fields, name, element, left)


def below(holder: Holder, name: str, element: etree._Element) -> Holder:
    """Return the holder that an element inside another one is."""
    if holder.section.kind == ROOT and name in ROWS and name != ROOT:
        return Holder(_section(name, element), is_section=True)
    if name == GROUP and holder.section.kind == CLASSIFIER:
        return Holder(holder.section, Group(holder.group, element.get("Статус")), is_group=True)
    return Holder(holder.section, holder.group)


def _section(name: str, element: etree._Element) -> Section:
    section = Section(name)
    for attribute, value in attributes_of(element):
        section.hear(attribute, value)
    return section
