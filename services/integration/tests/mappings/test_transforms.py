"""Every step, and every way in which one can be written wrongly."""

from typing import Any

import pytest
from integration.mappings.cleaners import BadValue
from integration.mappings.transforms import ARGUMENTS, LONGEST_TEXT, WORDS, TransformType, steps_of
from pydantic_core import PydanticCustomError

WORD = TransformType()

DONE: list[tuple[Any, str, str | None]] = [
    ("trim", "  a b ", "a b"),
    ("upper", "чай", "ЧАЙ"),
    ("lower", "ЧАЙ", "чай"),
    ("digits", "+998 (90) 12", "9989012"),
    ("digits", "ничего", ""),
    ("number", "1\u00a0234,5", "1234.5"),
    ("integer", "12,0", "12"),
    ("boolean", "Да", "true"),
    ("boolean", "yo‘q", "false"),
    ("not", "Да", "false"),
    ("not", "0", "true"),
    ("date", "31.12.2025", "2025-12-31"),
    ("date", "0001-01-01T00:00:00", None),
    ({"map": {"шт": "dona", "кг": ""}}, "шт", "dona"),
    ({"map": {"шт": "dona", "кг": ""}}, "кг", ""),
    ({"map": {"шт": "dona", "кг": ""}}, "л", "л"),
    ({"replace": ["-", " "]}, "a-b-c", "a b c"),
    ({"prefix": "UZ-"}, "1", "UZ-1"),
    ({"suffix": " (1C)"}, "a", "a (1C)"),
    ({"multiply": "1.12"}, "1 000,50", "1120.5600"),
    ({"multiply": 0.001}, "5", "0.005"),
    ({"limit": 3}, "ab cd", "ab"),
    ({"default": "x"}, "a", "a"),
    ({"default": "x"}, "", "x"),
]


@pytest.mark.parametrize(("step", "text", "left"), DONE)
def test_step_does_what_it_says(step: Any, text: str, left: str | None) -> None:
    assert steps_of([WORD.clean(step)])(text) == left


def test_every_step_is_tried() -> None:
    tried = {step if isinstance(step, str) else next(iter(step)) for step, _, _ in DONE}
    assert tried == {*WORDS, *ARGUMENTS}


@pytest.mark.parametrize(
    ("step", "text", "reason"),
    [
        ("number", "много", '"много" is not a number'),
        ("integer", "1,5", '"1,5" is not a whole number'),
        ("integer", "x", '"x" is not a number'),
        ("boolean", "возможно", '"возможно" is neither true nor false'),
        ("not", "возможно", '"возможно" is neither true nor false'),
        ("date", "вчера", '"вчера" is not a date'),
        ({"multiply": "2"}, "x", '"x" is not a number'),
        ({"replace": ["a", "b" * 255]}, "a" * 5000, f"has more than {LONGEST_TEXT:,} characters after the steps"),
    ],
)
def test_text_that_a_step_cannot_read_is_an_error(step: Any, text: str, reason: str) -> None:
    with pytest.raises(BadValue) as bad:
        steps_of([WORD.clean(step)])(text)
    assert str(bad.value).startswith(reason)


def test_steps_follow_each_other_and_an_empty_text_passes_them() -> None:
    steps = steps_of([{"prefix": "a"}, "upper", {"default": "none"}, {"suffix": "!"}])
    assert (steps("b"), steps("")) == ("AB!", "none!")


def test_no_value_ends_the_steps() -> None:
    assert steps_of(["date", {"default": "2026-01-01"}, "upper"])("00010101") is None


@pytest.mark.parametrize(
    ("step", "kept"),
    [
        ({"limit": "255"}, {"limit": 255}),
        ({"default": False}, {"default": "false"}),
        ({"default": 12}, {"default": "12"}),
        ({"multiply": 1.5}, {"multiply": "1.5"}),
        ({"map": {" a ": 1}}, {"map": {"a": "1"}}),
        ({"prefix": " a "}, {"prefix": " a "}),
    ],
)
def test_arguments_are_kept_as_the_step_takes_them(step: Any, kept: Any) -> None:
    assert WORD.clean(step) == kept


@pytest.mark.parametrize(
    ("step", "message"),
    [
        ("round", "There is no such step; there are trim, upper"),
        ({"round": 2}, "There is no such step"),
        ({"limit": 1, "prefix": "a"}, "There is no such step"),
        ({}, "There is no such step"),
        (None, "This field may not be null."),
        (5, "There is no such step"),
        ({"trim": True}, "There is no such step"),
        ("limit", "There is no such step"),
        ({"map": []}, "Give an object of texts"),
        ({"map": {}}, "Give 1 to 1000 texts."),
        ({"map": {str(number): "a" for number in range(1001)}}, "Give 1 to 1000 texts."),
        ({"map": {"": "a"}}, "This field may not be blank."),
        ({"map": {"a": None}}, "Not a valid string."),
        ({"map": {"a": "b" * 256}}, "Ensure this field has no more than 255 characters."),
        ({"replace": "a"}, "Give a list of two texts"),
        ({"replace": ["a"]}, "Give a list of two texts"),
        ({"replace": ["", "a"]}, "Say what to replace."),
        ({"replace": ["a", "\x00"]}, "Give a text of at most 255 characters."),
        ({"prefix": "a" * 256}, "Give a text of at most 255 characters."),
        ({"suffix": ["a"]}, "Not a valid string."),
        ({"multiply": "a"}, "A valid number is required."),
        ({"multiply": "1e999999999"}, "Give a number of a usual size."),
        ({"multiply": "0." + "1" * 40}, "Give a number of a usual size."),
        ({"limit": 0}, "Ensure this value is greater than or equal to 1."),
        ({"limit": "a"}, "A valid integer is required."),
        ({"default": ""}, "This field may not be blank."),
        ({"default": "a" * 1001}, "Ensure this field has no more than 1000 characters."),
        ({"default": None}, "Not a valid string."),
    ],
)
def test_step_that_is_none_is_refused(step: Any, message: str) -> None:
    with pytest.raises(PydanticCustomError) as refused:
        WORD._required(step)
    assert refused.value.message().startswith(message)
