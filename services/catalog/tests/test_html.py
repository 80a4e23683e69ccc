"""Descriptions keep what an editor makes and lose what could run."""

import time
from typing import Any

import pytest
from catalog import html
from catalog.html import MAX_LENGTH, MAX_TAGS, clean
from hypothesis import given, settings
from hypothesis import strategies as st

KEPT = [
    "", "a < b", "1 <2 and 3> 1", "Tom & Jerry", "<3", "x </ y", "5 > 3 & 2 < 4",
    "<p>Project haqida ma'lumot</p>",
    "<h2>Заголовок</h2><ul><li>один</li><li>два</li></ul><hr><blockquote>x</blockquote>",
    '<p style="color:red;text-align:center">x<br>y</p>',
    '<table border="1"><tbody><tr><td colspan="2">x</td></tr></tbody></table>',
    '<img src="https://a.uz/b.png" alt="b" width="10">', '<img src="data:image/png;base64,iVBORw0KGgo=">',
    '<a href="https://a.uz" rel="noopener noreferrer nofollow">x</a>', "<b>жирный</b>\n<i>oʻzbek</i>",
]  # fmt: skip


@pytest.mark.parametrize("text", KEPT)
def test_harmless_text_stays_as_it_is(text: str) -> None:
    assert clean(text) == text


PAYLOADS = [
    "<script>alert(1)</script>", "<p onclick='x()'>ok</p>", "<img src=x onerror=alert(1)>", "<svg/onload=alert(1)>",
    '<a href="javascript:alert(1)">x</a>', '<a href="data:text/html;base64,PHN2Zz4=">x</a>',
    '<a href=" d\tata:text/html,x">x</a>', '<img src="data:image/svg+xml;base64,PHN2Zz4=">',
    "<iframe src=https://evil></iframe>", "<object data=x></object>", "<form action=x><input></form>",
    '<p style="position:fixed;background-image:url(javascript:x)">x</p>', "<style>*{display:none}</style>",
    "<scr<script>ipt>alert(1)</script>", '<math><mtext><script>alert(1)</script></mtext></math>',
    '<base href="https://evil/">', '<meta http-equiv="refresh" content="0">', "<!--<script>-->alert(1)<!--</script>-->",
    '<a href="jAvAsCrIpT&colon;alert(1)">x</a>', "<details open ontoggle=alert(1)>x</details>",
]  # fmt: skip
FORBIDDEN = ("<script", "javascript", "onclick", "onerror", "onload", "ontoggle", "<iframe", "<object", "<form",
             "<style", "<base", "<meta", "position", "url(", "text/html", "svg", "<math")  # fmt: skip


@pytest.mark.parametrize("payload", PAYLOADS)
def test_what_could_run_is_lost(payload: str) -> None:
    cleaned = clean(f"before {payload} after").lower()
    assert [word for word in FORBIDDEN if word in cleaned] == []
    assert cleaned.startswith("before ")


@settings(max_examples=200)
@given(st.text(st.sampled_from("<>/ab='\"&;:!-# \t"), max_size=40) | st.sampled_from(PAYLOADS))
def test_cleaning_twice_changes_nothing(text: str) -> None:
    assert clean(clean(text)) == clean(text)


MADE_TO_BE_SLOW = [
    "<div>" * 1_000_000, "<b><p>" * 100_000, "<table><b>" * 100_000, "<p>" + "&" * 9_000_000, "<a>" + "<" * 9_000_000,
    f"<p {' '.join(f'a{number}' for number in range(500_000))}>", "<ul><li>" * 300_000,
    f"<p =data:image/png;base64,{' '.join(f'a{number}' for number in range(500_000))}>",
]  # fmt: skip


@pytest.mark.parametrize("text", MADE_TO_BE_SLOW, ids=range(len(MADE_TO_BE_SLOW)))
@pytest.mark.timeout(10)
def test_what_would_take_minutes_to_clean_becomes_plain_text(text: str) -> None:
    cleaned = clean(text)
    assert "<" not in cleaned or len(cleaned) < MAX_LENGTH


def test_as_many_tags_as_an_editor_ever_makes_are_cleaned() -> None:
    rows = "<tr><td>x</td></tr>" * ((MAX_TAGS - 2) // 2)
    table = f"<table><tbody>{rows}</tbody></table>"
    assert clean(f"{table}<script>x</script>") == f"{table}<script>x</script>".replace("<", "&lt;")
    assert clean(table) == table


def test_large_pictures_within_the_text_are_kept() -> None:
    picture = f'<img src="data:image/png;base64,{"Ab/+" * MAX_LENGTH}==">'
    text = f"<p>1</p>{picture}<p>2</p>{picture}"
    assert clean(text) == text
    assert clean(f"{text}<script>x</script>") == text
    assert clean('<img src="data:image/png;base64,~7~">') == '<img src="data:image/png;base64,~7~">'


PICTURE = "data:image/png;base64," + "Ab/+" * 100_000
TEXT = "t" * 20_000
# Each is a little that an old rule, or the parser, would have made very much of.
MULTIPLYING = [
    f'<img src="{PICTURE}">' + '<img src="data:image/png;base64,~0~">' * 2000,
    f'<img src="{PICTURE}">' + "<p>data:image/png;base64,~0~</p>" * 2000,
    f'<p><b title="x {PICTURE}">x</p>' + "<p>x</p>" * 2000,
    f'<p><b title="{TEXT}">x</p>' + "<p>x</p>" * 2000, f'<b title="{TEXT}"><p>' + "x</b><p>" * 2000,
    "<p>" + "".join(f'<b class="{number}">' for number in range(400)) + "x</p>" + "<p>x</p>" * 400,
    "<p>" + "".join(f'<i class="{number}">' for number in range(4000)) + "x</p>" + "<p>x</p>" * 4000,
    "".join(f'<p><b class="{number}">' for number in range(2500)) + "x" + "</b></p>" * 2500,
    "<p>" + "".join(f'<b a=">" class="{number}">' for number in range(900)) + "x</p>" + "<p>x</p>" * 900,
    "<p>" + "".join(f'<b a="</b>" class="{number}">' for number in range(900)) + "x</p>" + "<p>x</p>" * 900,
    "<p>" + "".join(f'<B\nclass={number}>' for number in range(900)) + "x</p>" + "<p>x</p>" * 900,
    "<table>" + "".join(f"<a href={number}><td>" for number in range(900)) + "<tr>" * 900,
    "<p>" + "".join(f'<b class="{number}">' for number in range(60)) + "x</p>" + "<p>x</p>" * 60,
    f'<p><b title="{"t" * 190_000}">x</p>' + "<p>x" * 2500,
    "<!-- <b> -->" + "<p><code>" + "".join(f'<em class="{number}">' for number in range(300)) + "</p><p>x" * 600,
    "<a>x" * 5000, "<p>" + "\u00a0" * 100_000 + "</p>", f"<p title='{chr(34) * 100_000}'>x</p>", "</p>" * 9000,
]  # fmt: skip


@pytest.mark.parametrize("text", MULTIPLYING, ids=range(len(MULTIPLYING)))
@pytest.mark.timeout(20)
def test_cleaning_never_makes_much_of_a_little(text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    parser = Parser(html._CLEANER)
    monkeypatch.setattr(html, "_CLEANER", parser)
    began = time.process_time()
    made = clean(text)
    assert time.process_time() - began < 2
    assert len(made) <= 8 * len(text) + 10_000, "entities alone make six of it"
    assert parser.most < 5_000_000, "what the parser makes is in memory, even if it is thrown away"
    assert clean(made) == made


def test_no_attribute_is_lost_because_others_take_too_much() -> None:
    """Though what cleaning makes of those is short."""
    text = f'<p><b style="x:{"y" * 50_000}">' + "<p>x" * 12 + '<p class="kept">end'
    assert clean(text) == text.replace("<", "&lt;")


class Parser:
    """Notes how much the parser makes, and what it is given."""

    def __init__(self, parser: Any) -> None:
        self._parser = parser
        self.most = 0
        self.seen: list[str] = []

    def clean(self, text: str) -> str:
        made: str = self._parser.clean(text)
        self.most = max(self.most, len(made))
        self.seen.append(text)
        return made


def test_only_the_place_of_a_picture_shows_it() -> None:
    image = f'<img src="{PICTURE}">'
    forged = '<img src="data:image/png;base64,~0~">'
    assert clean(f"{image}{forged}{image}<p>~0~</p>") == f"{image}{forged}{image}<p>~0~</p>"


TIDY = [
    "<p><b>x</b> <i>y</i></p>" * 1600, "<b>" + "<p>x</p>" * 4900 + "</b>", '<p><a href="https://a.uz">x</a></p>' * 2000,
    "<ul>" + '<li><strong style="color:red">x</strong> <em>y</em></li>' * 1600 + "</ul>",
    "<ul>" + "<li><b>x</b>" * 150 + "</ul>",
    "<table><tbody>" + "<tr><td><b>x</b></td><td>1<br>2</td></tr>" * 1100 + "</tbody></table>",
]  # fmt: skip


@pytest.mark.parametrize("text", TIDY, ids=range(len(TIDY)))
def test_large_texts_of_editors_are_cleaned_and_not_taken_apart(text: str) -> None:
    made = clean(f"{text}<script>x</script>")
    assert "&lt;" not in made
    assert "script" not in made
    assert made.count("<b>") == text.count("<b>")


def test_places_of_pictures_have_names_that_nobody_can_foresee(monkeypatch: pytest.MonkeyPatch) -> None:
    parser = Parser(html._CLEANER)
    monkeypatch.setattr(html, "_CLEANER", parser)
    image = f'<img src="{PICTURE}">'
    assert [clean(image), clean(image)] == [image, image]
    first, second = parser.seen
    assert first != second
