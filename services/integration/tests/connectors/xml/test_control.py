import re
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from integration.connectors.xml.control import ControlFilter

PIECES = [
    b"a",
    "ы".encode(),
    b"&",
    b"#",
    b"x",
    b"0",
    b"1",
    b"b",
    b"1f",
    b";",
    b"&amp;",
    b"&#1;",
    b"&#x0B;",
    b"\x01",
    b"\n",
    b"&#9;",
]
FORBIDDEN = re.compile(
    rb"[\x00-\x08\x0b\x0c\x0e-\x1f]|&#(0*([0-8]|1[124-9]|2\d|3[01])|[xX]0*([0-8bcefBCEF]|1[0-9a-fA-F]));"
)


def filtered(document: bytes, cuts: list[int]) -> tuple[bytes, int]:
    control = ControlFilter()
    edges = [0, *sorted(min(cut, len(document)) for cut in cuts), len(document)]
    kept = b"".join(control.feed(document[start:end]) for start, end in pairwise(edges))
    return kept + control.close(), control.dropped


@pytest.mark.parametrize(
    ("given", "kept", "dropped"),
    [
        (b"<a>x\x00\x01\x1fy</a>", b"<a>xy</a>", 3),
        (b"<a>tab\tline\r\n</a>", b"<a>tab\tline\r\n</a>", 0),
        (b"<a>&#1;&#x1F;&#x0;&#0011;</a>", b"<a></a>", 4),
        (b"<a>&#9;&#10;&#13;&#xA;&#32;&#x20;&amp;</a>", b"<a>&#9;&#10;&#13;&#xA;&#32;&#x20;&amp;</a>", 0),
        ("<a>Чай № 1</a>".encode(), "<a>Чай № 1</a>".encode(), 0),
    ],
)
def test_only_characters_that_xml_forbids_are_dropped(given: bytes, kept: bytes, dropped: int) -> None:
    assert filtered(given, []) == (kept, dropped)


@given(st.lists(st.sampled_from(PIECES), max_size=30).map(b"".join), st.lists(st.integers(0, 60), max_size=6))
def test_where_the_stream_is_cut_makes_no_difference(document: bytes, cuts: list[int]) -> None:
    kept, dropped = filtered(document, cuts)
    assert (kept, dropped) == filtered(document, [])
    assert dropped == 0 or len(kept) < len(document)


@given(st.lists(st.sampled_from([b"a", b";", b" ", b"&#1;", b"&#x0B;", b"\x01", b"&#9;", b"&amp;"]), max_size=30))
def test_nothing_forbidden_is_left(pieces: list[bytes]) -> None:
    assert not FORBIDDEN.search(filtered(b"".join(pieces), [])[0])
