"""A column is declared once: at most two lines stand beside it, and a missing one is named."""

import pytest
from catalog.entities.registry import ENTITIES
from ecatalog.entities.entity import Entity
from ecatalog.testing.declarations import answer_lines, event_lines

DERIVED = {"description_length"}


@pytest.mark.parametrize("entity", ENTITIES.values(), ids=ENTITIES.keys())
def test_answers_and_events_show_what_is_declared(entity: Entity) -> None:
    assert answer_lines(entity.body, entity.rendering.schema) == []
    assert event_lines(entity.model, entity.event_row, DERIVED) == []
