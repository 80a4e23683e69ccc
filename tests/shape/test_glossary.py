"""The code uses the names of the glossary. Each rule is shown to find what it forbids."""

import pytest

from deploy.local.binaries import ROOT
from tests.counts.files import File, code, files
from tests.shape import names
from tests.shape.names import OldName

GLOSSARY = (ROOT / "docs" / "glossary.md").read_text(encoding="utf-8")
_, _, ONE_CLASS, LIBRARY, SERVICES = GLOSSARY.split("\n## ")
OLD_NAMES = names.old_names(LIBRARY, names.LIBRARY) + names.old_names(SERVICES, "")


def named(name: str, text: str) -> File:
    file = File(name)
    file.__dict__["text"] = text
    return file


def test_no_old_name_is_left() -> None:
    assert len(OLD_NAMES) > 100
    held = {old: [file for file in files() if old.holds(file)] for old in OLD_NAMES}
    assert [old for old, found in held.items() if not found] == []
    assert [(old.name, file.name) for old, found in held.items() for file in found if old.is_in(file)] == []


@pytest.mark.parametrize(
    ("name", "text", "is_noticed"),
    [
        ("a/b.py", "class Old: ...", True),
        ("a/b.py", "class New:\n    async def Old(self): ...", True),
        ("a/b.py", "Old = dict[str, int]", True),
        ("a/b.py", "from ecatalog.db.pool import Old", True),
        ("a/b.py", "from .pool import New as Old", True),
        ("a/b.go", "package b\n\nfunc (g *gate) Old() {}", True),
        ("a/b.go", "package b\n\ntype Old struct{}", True),
        ("a/b.py", "from elsewhere import Old", False),
        ("a/b.py", "from ecatalog.db.pool import Old as New", False),
        ("a/b.py", "class Older: ...\n# Old", False),
        ("a/b.go", "package b // func Old()", False),
    ],
)
def test_old_name_is_noticed(name: str, text: str, is_noticed: bool) -> None:
    assert OldName(("a",), "Old").is_in(named(name, text)) == is_noticed


@pytest.mark.parametrize(
    ("old", "name", "is_noticed"),
    [
        ("old.py", "a/old.py", True),
        ("old/", "a/old/b.py", True),
        ("b/old.py", "a/b/old.py", True),
        ("old/", "a/older/b.py", False),
        ("old.py", "a/b/old.py", False),
    ],
)
def test_old_path_is_noticed(old: str, name: str, is_noticed: bool) -> None:
    assert OldName(("a",), old).is_in(named(name, "")) == is_noticed


def test_row_of_the_glossary_names_places_and_an_old_name() -> None:
    assert names.old_names("| in | old | now |\n| --- | --- | --- |\n| `a`, `b` | `Old` | `New` |", "c/") == [
        OldName(("c/a", "c/b"), "Old")
    ]


def test_word_names_at_most_one_class() -> None:
    words = names.listed(ONE_CLASS)
    assert len(words) == 9
    parts = [file for file in code() if file.name.startswith(("services/", "shared/"))]
    found = {word: names.classes(parts, word) for word in words}
    assert {word: places for word, places in found.items() if len(places) > 1} == {}


@pytest.mark.parametrize(
    ("text", "places"),
    [("class Row: ...", 1), ("Row = dict[str, int]", 1), ("Row: TypeAlias = int", 1), ("from a import Row", 0)],
)
def test_second_class_of_a_name_is_noticed(text: str, places: int) -> None:
    assert len(names.classes([named("a.py", text)], "Row")) == places
