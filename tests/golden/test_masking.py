"""What is left of an answer once it is masked and laid out: nothing that a client could tell apart may be lost."""

from datetime import UTC, datetime, timedelta

import pytest

from tests.golden.layout import laid_out
from tests.golden.masking import Masks

GATEWAY = "http://127.0.0.1:8000"
NOW = datetime.now(UTC)


def at(seconds: float) -> str:
    return (NOW + timedelta(seconds=seconds)).strftime("%Y-%m-%dT%H:%M:%S.%f")


@pytest.fixture
def masks() -> Masks:
    return Masks(GATEWAY)


def test_equal_values_of_one_kind_have_one_label_in_all_answers(masks: Masks) -> None:
    assert masks.masked(f'{{"started_at":"{at(0)}Z"}}') == '{"started_at":"<time:1>Z"}'
    later = masks.masked(f'{{"created_at":"{at(0)}+00:00","end_time":"{at(3)}+00:00"}}')
    assert later == '{"created_at":"<time:1>+00:00","end_time":"<time:2>+00:00"}'


def test_numbers_of_different_kinds_are_different_though_they_are_equal(masks: Masks) -> None:
    told = '{"id":7,"integration_id":7,"error":"Cancelled by user 7","total":7,"integration":{"id" : 7},"base":"7"}'
    assert masks.masked(told, "sync") == (
        '{"id":<sync:1>,"integration_id":<integration:1>,"error":"Cancelled by user <user:1>","total":7,'
        '"integration":{"id" : <integration:1>},"base":"<integration:1>"}'
    )


def test_addresses_and_ids_are_masked_in_texts_too(masks: Masks) -> None:
    task = "01900000-0000-7000-8000-000000000000"
    told = f'"{GATEWAY}/sync/clients/12/?integration_id=12" "{task}" "127.0.0.1:4711 refused" "/{task}/"'
    assert masks.masked(told) == (
        '"<gateway>/sync/clients/<integration:1>/?integration_id=<integration:1>" "<uuid:1>" "<address:1> refused"'
        ' "/<uuid:1>/"'
    )


@pytest.mark.parametrize(
    "written",
    [at(5 * 3600), "2020-01-01T00:00:00.000000", at(0)[:-3], at(0)[:-7]],
    ids=["another zone", "another day", "milliseconds", "seconds"],  # the processes of a run must agree on the names
)
def test_time_of_another_zone_or_form_stays(masks: Masks, written: str) -> None:
    assert masks.masked(f'"{written}Z"') == f'"{written}Z"'


def test_two_rows_of_one_microsecond_are_two_moments(masks: Masks) -> None:
    errors = f'[{{"timestamp":"{at(1)}"}},{{"timestamp":"{at(1)}"}},{{"timestamp":"{at(2)}"}}]'
    masked = '[{"timestamp":"<moment:1>"},{"timestamp":"<moment:2>"},{"timestamp":"<moment:3>"}]'
    assert masks.masked(errors) == masks.masked(errors) == masked


def test_times_are_told_from_the_earliest_on_and_rows_only_as_such(masks: Masks) -> None:
    told = f'"{at(9)}Z" "{at(0)}Z" "timestamp":"{at(5)}" "timestamp":"{at(4)}" "{at(9)}Z"'
    masks.masked(told)
    assert masks.order(told) == "<time:2> < rows < <time:1>"
    assert masks.order(f'"timestamp":"{at(5)}" "{at(4.5)}" "timestamp":"{at(4)}"') == "rows < <time:3> < rows"


@pytest.mark.parametrize(
    "told",
    [
        "{}", "[]", "null", '"a, {b"', '{"a":1}', '{"a": {"b" : [1, 2,{}]} , "c":"\\"}{"}', "text, not [JSON",
        '{"a":"' + "x" * 200 + '","b":[{"c":"' + "y" * 150 + '"},\n {"d":[]}]}', "[" + "12345678," * 40 + "1]",
    ],
)  # fmt: skip
def test_layout_adds_only_new_lines_and_their_indents(told: str) -> None:
    laid = laid_out(told)
    joined = "".join(line.lstrip(" ") for line in laid.split("\n"))
    assert joined.replace("␣", " ").replace("\\n", "\n") == told


def test_layout_shows_one_member_a_line() -> None:
    assert laid_out('{"a":1,"b": [2,3]}') == '{\n  "a":1,\n  "b":␣[2,3]\n}'
