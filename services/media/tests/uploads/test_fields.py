"""Where files belong, JSON may hold anything."""

from typing import Annotated, Any

import pytest
from media.uploads.fields import Files
from pydantic import TypeAdapter

FILES: TypeAdapter[list[Any]] = TypeAdapter(Annotated[list[Any], Files()])


@pytest.mark.parametrize(
    ("value", "files"), [(False, [False]), (5, [5]), ("ab", ["ab"]), ({"a": 1}, [{"a": 1}]), ([1, 2], [1, 2])]
)
def test_what_is_no_list_is_one_file_that_is_none(value: Any, files: list[Any]) -> None:
    assert FILES.validate_python(value) == files
