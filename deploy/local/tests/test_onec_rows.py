from contextlib import closing
from pathlib import Path

import pytest
from lxml import etree

from deploy.local.onec import generate, rows
from deploy.local.onec.fields import CLIENT, PRODUCT
from deploy.local.onec.stored import StoredRows

M = "{http://www.sample-package.org}"


def parsed(row: bytes) -> dict[str, str | None]:
    namespaces = b' xmlns:m="http://www.sample-package.org" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">'
    element = etree.fromstring(row.replace(b">", namespaces, 1))
    return {str(child.tag).removeprefix(M): child.text for child in element}


def test_row_escapes_values_and_tells_nil_from_empty() -> None:
    row = rows.render("ProductItem", {"Name": 'Сок "Сад" <1> & Co', "Brand": "", "Seria": None})
    assert b"<m:Brand/>" in row
    assert b'<m:Seria xsi:nil="true"/>' in row
    assert parsed(row) == {"Name": 'Сок "Сад" <1> & Co', "Brand": None, "Seria": None}


@pytest.mark.parametrize("separator", [",", ";"])
def test_csv_columns_are_renamed_to_the_fields_of_1c(tmp_path: Path, separator: str) -> None:
    path = tmp_path / "list.csv"
    lines = ["source_id", "barcode", "name", "Марка", "extra"], ["64", "046", '"Чай, чёрный"', "Ахмад", "x"]
    path.write_text("\n".join(separator.join(line) for line in lines), encoding="utf-8-sig")
    assert list(rows.read_csv(path, {"Марка": "Brand"})) == [
        {"Code": "64", "Shtrix": "046", "Name": "Чай, чёрный", "Brand": "Ахмад"}
    ]


def test_empty_csv_has_no_rows(tmp_path: Path) -> None:
    (tmp_path / "empty.csv").write_text("")
    assert list(rows.read_csv(tmp_path / "empty.csv", {})) == []


def test_every_nth_row_is_spoilt_in_turn() -> None:
    good = [rows.render("ProductItem", row) for row in generate.products(20)]
    spoilt = [parsed(row) for row in rows.spoil(good, 2)]
    assert [row.get("Code") for row in spoilt[:2]] == ["00-00000001", None]
    assert "Name" not in spoilt[3]
    assert len(spoilt[5]["Name"] or "") > 255
    assert spoilt[7]["BasePrice"] == "договорная"
    assert spoilt[9]["Code"] == spoilt[8]["Code"]
    assert "Code" not in spoilt[11]
    assert [parsed(row) for row in good[::2]] == spoilt[::2]


def test_same_seed_invents_the_same_rows() -> None:
    assert list(generate.products(50, 3)) == list(generate.products(50, 3))
    assert list(generate.products(50, 3)) != list(generate.products(50, 4))


def test_invented_rows_have_known_fields_own_codes_and_both_scripts() -> None:
    products, clients = list(generate.products(300)), list(generate.clients(300))
    assert all(set(row) <= set(PRODUCT) for row in products)
    assert all(set(row) <= set(CLIENT) for row in clients)
    for found in (products, clients):
        assert len({row["Code"] for row in found}) == 300
        names = "".join(str(row["Name"]) for row in found)
        assert any("а" <= letter <= "я" for letter in names)
        assert any(letter in "ўқғҳ" for letter in names.lower())
        assert "o‘" in names.lower()


def test_stored_rows_are_read_again_and_by_several_at_once() -> None:
    given = [b"x" * (number % 7) + b"%d\n" % number for number in range(2500)]
    with closing(StoredRows(iter(given))) as stored:
        first = iter(stored)
        assert [next(first) for _ in range(10)] == given[:10]
        assert list(stored) == given
        assert list(first) == given[10:]
        assert len(stored) == 2500
