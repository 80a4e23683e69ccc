"""The names of a product's group and of the category above it."""

import pytest
from ecatalog.db.database import Database
from ecatalog.db.sql import compose, execute
from integration.connectors.commerceml.classifier import GroupEntry
from integration.runs.labels import LABELS, Label, add_labels, labels
from integration.values import classifier

from ..connectors.commerceml.building import classifier as written
from ..connectors.commerceml.building import file
from ..values.runs import Base

TREE = {
    "root": GroupEntry("Товары", ""),
    "tea": GroupEntry("Чай", "root"),
    "green": GroupEntry("Зелёный", "tea"),
    "leaf": GroupEntry("Листовой", "green"),
}


@pytest.mark.parametrize(
    ("level", "categories"),
    [
        (1, ["Товары", "Товары", "Товары", "Товары"]),
        (2, ["Товары", "Чай", "Чай", "Чай"]),
        (3, ["Товары", "Чай", "Зелёный", "Зелёный"]),
        (20, ["Товары", "Чай", "Зелёный", "Листовой"]),
        (None, ["Товары", "Чай", "Чай", "Чай"]),
    ],
)
def test_the_category_is_the_ancestor_at_a_level(level: int | None, categories: list[str]) -> None:
    found = labels(TREE, level)
    assert [found[key] for key in TREE] == [
        Label(group.name, category) for group, category in zip(TREE.values(), categories, strict=True)
    ]


def test_with_several_roots_the_root_is_the_category() -> None:
    found = labels(TREE | {"other": GroupEntry("Посуда", ""), "cup": GroupEntry("Чашки", "other")}, None)
    assert (found["leaf"].category, found["cup"].category) == ("Товары", "Посуда")


def test_a_root_that_is_deleted_is_none() -> None:
    assert labels(TREE | {"other": GroupEntry("Старое", "", deleted=True)}, None)["leaf"].category == "Чай"


def test_a_group_whose_parent_nobody_knows_is_a_root() -> None:
    found = labels({"a": GroupEntry("А", "nowhere"), "b": GroupEntry("Б", "a")}, 1)
    assert found == {"a": Label("А", "А"), "b": Label("Б", "А")}


def test_groups_that_stand_in_themselves_begin_a_tree() -> None:
    cycle = {
        "c": GroupEntry("В", "b"),
        "b": GroupEntry("Б", "a"),
        "a": GroupEntry("А", "c"),
        "x": GroupEntry("Икс", "c"),
    }
    expected = {"a": "А", "b": "Б", "c": "Б", "x": "Б"}
    for order in (list(cycle), list(reversed(cycle))):
        found = labels({key: cycle[key] for key in order}, 2)
        assert {key: label.category for key, label in found.items()} == expected
    assert labels({"a": GroupEntry("А", "a")}, 3) == {"a": Label("А", "А")}


def test_64_levels_and_many_groups_are_walked_once() -> None:
    deep = {f"g-{depth:02}": GroupEntry(f"Уровень {depth}", f"g-{depth - 1:02}") for depth in range(1, 65)}
    assert labels(deep, 20)["g-64"] == Label("Уровень 64", "Уровень 20")
    chain = {str(number): GroupEntry(str(number), str(number + 1)) for number in range(50_000)}
    assert labels(chain, 1)["0"] == Label("0", "49999")


def test_names_fit_their_columns_and_a_blank_one_is_none() -> None:
    found = labels({"a": GroupEntry("Д" * 300, ""), "b": GroupEntry("", "a")}, 1)
    assert found == {"a": Label("Д" * 255, "Д" * 150), "b": Label(None, "Д" * 150)}


def groups(inside: str) -> str:
    return f"<Группы>{inside}</Группы>"


def group(key: str, name: str, inside: str = "") -> str:
    return f"<Группа><Ид>{key}</Ид><Наименование>{name}</Наименование>{inside}</Группа>"


async def labelled(base: Base, *files: str, settles: bool = True) -> dict[str, str]:
    """The labels of all groups in a run of these files."""
    run = await base.begin()
    async with base.database.transaction() as connection:
        await base.fetch(connection, run, files)
    async with base.database.transaction() as connection:
        await add_labels(connection, run.job_id, base.integration_id, 1)
        rows = await execute(connection, compose("select g.key, {labels} from group_label g", labels=LABELS))
        found = dict(await rows.fetchall())
        if settles:
            await classifier.keep(connection, run.job_id, base.integration_id)
    return found


async def test_groups_of_this_run_stand_in_the_place_of_those_that_were_kept(database: Database) -> None:
    base = await Base.made(database)
    tree = group("A", "Чай", groups(group("B", "Зелёный"))) + group("C", "Посуда")
    first = {"a": "Чай\tЧай", "b": "Зелёный\tЧай", "c": "Посуда\tПосуда"}
    assert await labelled(base, file(written(groups(tree)))) == first
    moved = group("C", "Кухня", groups(group("B", "Зелёный")))
    later = first | {"b": "Зелёный\tКухня", "c": "Кухня\tКухня"}
    assert await labelled(base, file(written(groups(moved))), settles=False) == later
    assert await labelled(base) == first  # what did not settle is not kept
    assert await labelled(base, file(written(groups(moved)))) == later
    assert await labelled(base) == later


async def test_each_classifier_has_trees_of_its_own(database: Database) -> None:
    base = await Base.made(database)
    files = file(written(groups(group("A", "Чай")), "X") + written(groups(group("A2", "Кофе")), "Y"))
    assert await labelled(base, files) == {"a": "Чай\tЧай", "a2": "Кофе\tКофе"}
