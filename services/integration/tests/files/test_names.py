"""Names of files are only names: what could lead anywhere is refused, the rest is kept as text."""

import pytest
from integration.files.limits import Excess, FileRefused
from integration.files.names import clean_name, is_kept

REFUSED = [
    "", ".", "..", "/", "//", "./", "../a.xml", "a/../b.xml", "a/..", "..\\a.xml", "a\\..\\b.xml", "..//a.xml",
    "/a.xml", "/etc/passwd", "//host/a.xml", "\\a.xml", "\\\\host\\share\\a.xml", "C:\\a.xml", "c:a.xml", "C:/a.xml",
    "a\0.xml", "a.xml\0.jpg", "a\n.xml", "a\r\n.xml", "a\t.xml", "\x7f.xml", "a\x1b[2J.xml", "\ud800.xml", "a" * 256,
    "a/" * 250 + "a.xml", "x" * 500 + ".xml",
]  # fmt: skip
KEPT = {
    "a.xml": "a.xml", "./a.xml": "a.xml", "a//b.xml": "a/b.xml", "webdata\\import.xml": "webdata/import.xml",
    "%2e%2e/a.xml": "%2e%2e/a.xml", "..a.xml": "..a.xml", "a..xml": "a..xml", "...": "...", "~/a.xml": "~/a.xml",
    "CON": "CON", "$(id).xml": "$(id).xml", "'; drop table source_file; --.xml": "'; drop table source_file; --.xml",
    "товары.xml": "товары.xml", "и\u0306.xml": "й.xml", "a.xml/": "a.xml", "a b.xml": "a b.xml",
    "<script>.xml": "<script>.xml", "a" * 255: "a" * 255, "|ls": "|ls", "\u202exml.a": "\u202exml.a",
}  # fmt: skip


@pytest.mark.parametrize("name", REFUSED)
def test_name_that_leads_out_is_refused(name: str) -> None:
    with pytest.raises(FileRefused) as caught:
        clean_name(name)
    assert caught.value.excess is Excess.NAME


@pytest.mark.parametrize("name", KEPT)
def test_other_names_are_only_names(name: str) -> None:
    assert clean_name(name) == KEPT[name]


@pytest.mark.parametrize(
    ("name", "kept"), [("a.xml", True), ("a.XML", True), ("v8.Zip", True), ("x.jpg", False), ("xml", False)]
)
def test_nothing_is_kept_of_pictures(name: str, kept: bool) -> None:
    assert is_kept(name) is kept
