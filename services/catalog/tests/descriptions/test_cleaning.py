"""What a model answers, as a description."""

import pytest
from catalog.descriptions.cleaning import MAX_CHARACTERS, description_of, visible
from catalog.descriptions.failures import Failed
from catalog.html import clean

PAYLOADS = (
    "<script>alert(1)</script>", "<img src=x onerror=alert(1)>", "<a href='javascript:alert(1)'>x</a>",
    "<svg onload=alert(1)>", "<iframe src='//evil'></iframe>", "<p onclick='x()'>", "<style>p{}</style>",
    "<math><mi//xlink:href='data:x,<script>alert(1)</script>'>", "<form action=//evil><input>",
)  # fmt: skip


@pytest.mark.parametrize(
    ("answer", "made"),
    [
        ("<p>Choy</p>", "<p>Choy</p>"),
        ("  ```html\n<p>Choy</p>\n```  ", "<p>Choy</p>"),
        ("Choy", "<p>Choy</p>"),
        ("Bir\nqator.\n\nIkki", "<p>Bir qator.</p><p>Ikki</p>"),
        ("5 < 6 & 7", "<p>5 &lt; 6 &amp; 7</p>"),
        ("Tom &amp; Jerry", "<p>Tom &amp; Jerry</p>"),
        ("&lt;script&gt;alert(1)&lt;/script&gt;", "<p>&lt;script&gt;alert(1)&lt;/script&gt;</p>"),
        ("<b>Choy</b> yaxshi", "<p><b>Choy</b> yaxshi</p>"),
        ("<ul><li>a<li>b</ul>", "<ul><li>a</li><li>b</li></ul>"),
        ("<p>a\x00b\ud800c</p>", "<p>abc</p>"),
    ],
)
def test_answer_becomes_a_description(answer: str, made: str) -> None:
    assert description_of(answer) == made


@pytest.mark.parametrize("payload", PAYLOADS)
def test_nothing_that_runs_stays_in_a_description(payload: str) -> None:
    for answer in (f"<p>Choy</p>{payload}", f"Choy {payload}", f"<p>Choy {payload} yaxshi</p>"):
        made = description_of(answer)
        assert visible(made).startswith("Choy")
        assert clean(made) == made
        for word in ("<script", "onerror", "javascript:", "onload", "<iframe", "onclick", "<style", "<form", "<svg"):
            assert word not in made


@pytest.mark.parametrize(
    "answer",
    ["", "   ", "<p></p>", "<p>&nbsp;</p>", "```html\n```", "<script>alert(1)</script>", "\x00", "<!-- x -->",
     "I'm sorry, but I can't do that.", "I cannot assist with this.", "As an AI, I have no opinion.",
     "<p>Sorry, no.</p>", "Kechirasiz, men bu haqda yoza olmayman.", "Извините, я не могу помочь."],
)  # fmt: skip
def test_answer_that_is_no_description_is_refused(answer: str) -> None:
    with pytest.raises(Failed, match=r"empty|declined"):
        description_of(answer)


@pytest.mark.parametrize(
    "answer",
    ["<p>Yaxshi choy.</p>" * 5000, "so'z " * 20_000, "x" * 100_000, "x" + "<b>" * 5000, "&" * 40_000,
     "<p>" + "<i>a</i>" * 5000],
)  # fmt: skip
def test_long_answer_is_cut_and_stays_whole_html(answer: str) -> None:
    made = description_of(answer)
    assert 0 < len(made) <= MAX_CHARACTERS
    assert clean(made) == made
