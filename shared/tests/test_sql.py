"""SQL text is composed of checked parts only."""

from typing import Any

import pytest
from ecatalog.db.sql import Ident, Sql, compose


def test_parts_stand_in_their_places() -> None:
    where = compose("{key} > %(last)s", key=Ident("id"))
    sql = compose("select '{{}}', {key} from {table} where {where}", key=Ident("id"), table=Ident("job_1"), where=where)
    assert sql == "select '{}', id from job_1 where id > %(last)s"


@pytest.mark.parametrize("name", ["", "Id", "1st", "a b", "a;", "a.b", 'a"', "a\n", "имя"])
def test_name_of_other_characters_is_refused(name: str) -> None:
    with pytest.raises(ValueError, match="cannot be a name"):
        Ident(name)


@pytest.mark.parametrize("part", ["id; drop table job", "id", 7, None])
def test_text_from_elsewhere_is_refused(part: Any) -> None:
    with pytest.raises(TypeError):
        compose("select {part}", part=part)
    with pytest.raises(TypeError):
        Sql(part)


def test_missing_part_is_refused() -> None:
    with pytest.raises(KeyError):
        compose("select {part}")
