"""Answers and events show the columns of a point that they should; a line that is missing is named."""

from ecatalog.contracts.location import AgentMoved
from ecatalog.testing.declarations import answer_lines, event_lines
from location.points.models import Point, PointBase
from location.points.schemas import PointOut


def test_answer_shows_every_column_that_senders_fill() -> None:
    assert answer_lines(PointBase, PointOut, hidden={"client_id"}) == []


def test_event_shows_the_public_columns() -> None:
    assert event_lines(Point, AgentMoved, derived={"point_id", "is_suspect"}) == []
