"""A row that is taken can be asked for by its code; a code that no address can carry is refused in every way in."""

import re
from urllib.parse import quote

import pytest

from .builders import Catalog
from .imports.books import book, imported

KINDS = [("project", "code_1c"), ("client", "client_code_1c"), ("nomenklatura", "code_1c")]
UNREACHABLE = [
    "12\\34", "\\\\srv", "a\tb", "a\nb", "a\r\nb", "a\x01b", "a\x1fb", "a\x7fb", ".", "..", "bulk", "import-xlsx",
    "export-xlsx", "template-xlsx", "duplicates", "bulk-enrich", "bulk-clear", "description-draft", "import-xlsx/1",
    "import-xlsx/1/errors.xlsx", "bulk-enrich/x", "bulk-clear/x/y",
]  # fmt: skip
REACHABLE = [
    "12/34 №5", "/a", "a/", "a//b", "//", "...", ".a", "a/..", "a/./b", "../a", "a.json", "a.xlsx", "a;b", "a?b",
    "a#b", "a%b", "a%2Fb", "a%5Cb", "a&b", "a+b", "a b", "a\u00a0b", "a\u0085b", "a\u2028b", "ы" * 50, "😀" * 50,
    "null", "0", "-1", "bulky", "bulk/x", "a/bulk", "a/import-xlsx", "a/enrich", "a/clear-enrichment", "images", "Bulk",
    "a/description-draft",
]  # fmt: skip
REASON = "This code "


def escaped(code: str) -> str:
    """As Excel writes what XML cannot hold."""
    return re.sub(r"[\x00-\x08\x0e-\x1f]", lambda found: f"_x{ord(found[0]):04x}_", code)


@pytest.mark.parametrize(("kind", "name"), KINDS)
async def test_code_that_no_address_can_carry_is_refused(api: Catalog, kind: str, name: str) -> None:
    rows = [{name: code, "name": "x"} for code in UNREACHABLE]
    outcomes = (await api.post(f"{kind}/bulk/", rows)).json()["results"]
    for row, outcome in zip(rows, outcomes, strict=True):
        made = await api.post(f"{kind}/", row)
        assert (made.status_code, list(made.json())) == (400, [name]), row
        assert made.json()[name][0].startswith(REASON)
        assert (outcome["status"], outcome["errors"]) == ("error", made.json())
    answer = await imported(api, kind, book(kind, *({**row, name: escaped(row[name])} for row in rows)))
    assert (answer["created"], answer["error_count"]) == (0, len(rows))
    assert await api.listed(kind) == []


@pytest.mark.parametrize(("kind", "name"), KINDS)
async def test_workbook_tells_why(api: Catalog, kind: str, name: str) -> None:
    answer = await imported(api, kind, book(kind, {name: "good", "name": "x"}, {name: "a\\b", "name": "x"}))
    assert answer["created"] == 1
    (error,) = answer["errors"]
    assert "This code holds a backslash or a control character, which no address can carry." in error


@pytest.mark.parametrize(("kind", "name"), KINDS)
async def test_code_that_is_taken_is_reached(api: Catalog, kind: str, name: str) -> None:
    for code in REACHABLE:
        assert (await api.post(f"{kind}/", {name: code, "name": "x"})).status_code == 201, code
        path = f"{kind}/{quote(code, safe='')}/"
        assert (await api.get(path)).json()[name] == code
        assert (await api.patch(path, {"name": "y"})).json()["name"] == "y", code
        assert (await api.delete(path)).status_code == 204, code
    assert await api.listed(kind) == []
