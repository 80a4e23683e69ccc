import json
from datetime import UTC, datetime

import pytest

from deploy.local.render import level, render

NOON = datetime(2026, 1, 2, 12, 0, 0, tzinfo=UTC)


def shown(line: str, *, colour: bool = False) -> str:
    return render("auth-api", line, now=NOON, colour=colour)


def test_a_json_line_becomes_a_sentence_with_its_facts() -> None:
    line = json.dumps({"event": "signed in", "user": "админ", "took": 3, "level": "info", "service": "auth-api"})

    assert shown(line) == "12:00:00 auth-api             signed in user=админ took=3"


def test_a_trace_follows_on_lines_of_its_own() -> None:
    line = json.dumps({"event": "failed", "level": "error", "exception": "Traceback\nValueError: no"})

    assert shown(line) == "12:00:00 auth-api             ERROR failed\nTraceback\nValueError: no"


def test_a_line_that_is_not_json_stays_as_it_is() -> None:
    assert shown("{not json").endswith(" {not json")
    assert shown("[1, 2]").endswith(" [1, 2]")


def test_without_colour_there_is_no_escape_sequence_and_with_colour_an_error_is_red() -> None:
    line = json.dumps({"event": "failed", "level": "error"})

    assert "\x1b" not in shown(line)
    assert "\x1b[31mERROR failed\x1b[0m" in shown(line, colour=True)


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("LOG:  database system is ready", ""),
        ("postgres@postgres FATAL:  no such role", "fatal"),
        ("[7] 2026/11/23 [WRN] slow", "warning"),
        ("[7] 2026/11/23 [ERR] broken", "error"),
        ('{"level":"warn","message":"x"}', "warning"),
        ('{"level":"error","message":"x"}', "error"),
        ("ERRORS: 0", ""),
    ],
)
def test_the_level_of_a_line_is_found(line: str, expected: str) -> None:
    assert level(line) == expected
