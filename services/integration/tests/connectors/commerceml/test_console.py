"""What a person sees of a set of files."""

import zipfile
from pathlib import Path

import pytest
from integration.cli import app
from typer.testing import CliRunner

from .building import PRICE_TYPES, catalogue, classifier, file, good, offer, package, price

GOODS = file(classifier("") + catalogue(good("1") + good("2")))
OFFERS = file(package(offer("1", f"<Цены>{price('10')}</Цены>"), PRICE_TYPES, only_changes="true"))
TABLE = {"price_types": "1", "nomenklatura": "2", "prices": "1"}


def look(*arguments: str | Path) -> tuple[int, str]:
    result = CliRunner().invoke(app, ["sync", "look", *map(str, arguments)])
    return result.exit_code, result.output


def counts(output: str) -> dict[str, str]:
    rows = [line.split() for line in output.splitlines()]
    return {row[0]: row[1] for row in rows if len(row) > 2 and row[1].isdecimal() and row[1] != "0"}


@pytest.fixture
def files(tmp_path: Path) -> list[Path]:
    found = [tmp_path / "import.xml", tmp_path / "offers.xml"]
    for path, content in zip(found, (GOODS, OFFERS), strict=True):
        path.write_text(content, encoding="utf-8")
    return found


def test_files_are_counted_by_stream(files: list[Path]) -> None:
    code, output = look(*files)
    assert (code, counts(output)) == (0, TABLE)
    assert "nomenklatura           2         0  whole" in output
    assert "prices                 1         0  changes" in output


def test_an_archive_is_the_same_and_its_other_files_are_named(files: list[Path], tmp_path: Path) -> None:
    archive = tmp_path / "set.zip"
    with zipfile.ZipFile(archive, "w") as target:
        for path in files:
            target.write(path, path.name)
        target.writestr("tea.jpg", b"picture")
    code, output = look(archive)
    assert (code, counts(output)) == (0, TABLE)
    assert "files left out: tea.jpg" in output


def test_problems_are_shown_with_their_places(tmp_path: Path) -> None:
    path = tmp_path / "offers.xml"
    path.write_text(file(package("<Предложение><Количество>1</Количество></Предложение>" * 25)), encoding="utf-8")
    code, output = look(path)
    assert code == 3
    assert output.count("offers.xml") == 20
    assert "… and 5 more problems" in output


def test_fields_of_a_stream_are_shown_with_samples(files: list[Path]) -> None:
    code, output = look("--fields", "nomenklatura", *files)
    assert code == 0
    assert "       2  Наименование: Чай" in output


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("--fields", "nothing", "import.xml"), "There is no stream nothing; there are groups"),
        (("cut.xml",), 'The file "cut.xml" broke off'),
        (("tea.jpg",), "There is no XML file among these"),
    ],
)
def test_what_is_refused_is_said_in_one_sentence(tmp_path: Path, arguments: tuple[str, ...], sentence: str) -> None:
    (tmp_path / "import.xml").write_text(GOODS, encoding="utf-8")
    (tmp_path / "cut.xml").write_text(GOODS[:-40], encoding="utf-8")
    (tmp_path / "tea.jpg").write_bytes(b"picture")
    *options, name = arguments
    code, output = look(*options, tmp_path / name)
    assert code == 1
    assert output.startswith(f"look: {sentence}")
