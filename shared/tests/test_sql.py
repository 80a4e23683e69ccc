"""SQL text is composed of checked parts only."""

from typing import Any

import pytest
from ecatalog.db.sql import Ident, Sql, compose, join, number, placeholder


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
        join(", ", [Ident("id"), part])
    with pytest.raises(TypeError):
        Sql(part)


def test_missing_part_is_refused() -> None:
    with pytest.raises(KeyError):
        compose("select {part}")


def test_lists_numbers_and_places_of_parameters_are_parts() -> None:
    names = join(", ", [Ident("id"), compose("name")])
    sql = compose("select {names} from t limit {n} offset {o}", names=names, n=number(-5), o=placeholder("f0"))
    assert sql == "select id, name from t limit -5 offset %(f0)s"


@pytest.mark.parametrize("value", ["5", "1; drop table job", 0.5, None])
def test_only_whole_numbers_are_written_into_the_text(value: Any) -> None:
    with pytest.raises((TypeError, ValueError)):
        number(value)


@pytest.mark.parametrize("name", ["a)s", "%", ""])
def test_place_of_a_parameter_has_a_checked_name(name: str) -> None:
    with pytest.raises(ValueError, match="cannot be a name"):
        placeholder(name)
