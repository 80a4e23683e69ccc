"""Descriptions keep what an editor makes and lose what could run."""

import pytest
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
