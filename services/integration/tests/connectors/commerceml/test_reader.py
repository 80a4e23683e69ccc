"""What a file is, is told by what stands in it; what must not be read is refused by a sentence."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from integration.connectors.commerceml import guards
from integration.connectors.commerceml.batches import Batches
from integration.connectors.commerceml.reader import FileReader
from integration.connectors.commerceml.rows import STREAMS, Rows
from integration.connectors.errors import Cause

from .building import (
    PRICE_TYPES,
    catalogue,
    classifier,
    document,
    file,
    good,
    offer,
    package,
    price,
    read,
    refused,
)

GROUPS = (
    "<Группы><Группа><Ид>A</Ид><Наименование>А</Наименование><Группы><Группа><Ид>B</Ид><Картинка>b.png</Картинка>"
    "</Группа><Группа/><Группа><Ид>C</Ид></Группа></Группы></Группа></Группы>"
)
PROPERTIES = (
    "<Свойства><Свойство><Ид>P</Ид><Наименование>Цвет</Наименование><ВариантыЗначений><Справочник>"
    "<ИдЗначения>V</ИдЗначения><Значение>белый</Значение></Справочник></ВариантыЗначений></Свойство></Свойства>"
)
VALUE = "<ЗначенияСвойств><ЗначенияСвойства><Ид>P</Ид><Значение>V</Значение></ЗначенияСвойства></ЗначенияСвойств>"
WHOLE = file(
    "<Владелец><Ид>0</Ид></Владелец>"
    + classifier(GROUPS + PROPERTIES)
    + catalogue(good("1", VALUE) + good("2#3") + "<Товар/>" + good("4", "<Описание>&lt;b&gt; и &amp;</Описание>"))
    + package(offer("1", f"<Цены>{price('10')}</Цены><Количество>5</Количество>") + offer("2#3"), PRICE_TYPES)
    + "<Документ><Контрагенты><Контрагент><Ид>K</Ид></Контрагент></Контрагенты></Документ>"
)


def taken(content: bytes, cuts: list[int]) -> str:
    """Everything that is read of a file that comes in pieces."""
    waiting = Batches(STREAMS)
    reader = FileReader("a.xml", Rows("a.xml", waiting, {}, {}))
    edges = [0, *sorted(min(cut, len(content)) for cut in cuts), len(content)]
    for start, end in pairwise(edges):
        reader.feed(content[start:end])
    reader.close()
    return repr((waiting.take(), [(section.kind, section.said) for section in reader.sections]))


CONTENT = WHOLE.partition("\n")[2].encode()
AT_ONCE = taken(CONTENT, [])


def test_byte_by_byte_the_same_is_read() -> None:
    assert taken(CONTENT, list(range(len(CONTENT)))) == AT_ONCE
    assert AT_ONCE.count("Record(") == 11


@given(st.lists(st.integers(0, len(CONTENT)), max_size=8))
def test_where_a_file_is_cut_makes_no_difference(cuts: list[int]) -> None:
    assert taken(CONTENT, cuts) == AT_ONCE


@pytest.mark.parametrize(
    ("version", "namespace"),
    [
        ("2.03", ""), ("2.04", ""), ("2.05", ""), ("2.07", "urn:1C.ru:commerceml_2"),
        ("2.08", "urn:1C.ru:commerceml_210"), ("2.09", "urn:1C.ru:commerceml_2"), ("3.1", "urn:1C.ru:commerceml_3"),
    ],
)  # fmt: skip
async def test_version_and_namespace_make_no_difference(version: str, namespace: str) -> None:
    reading = await read(file(catalogue(good("1")), version=version, namespace=namespace))
    assert reading.one("nomenklatura").fields["Наименование"] == "Чай"


async def test_names_with_a_prefix_are_read_by_what_follows_it() -> None:
    prefixed = file(catalogue("<c:Товар><c:Ид>1</c:Ид></c:Товар>")).replace(" xmlns=", " xmlns:c='u' xmlns=")
    assert (await read(prefixed)).keys("nomenklatura") == ["1"]


@pytest.mark.parametrize("inside", [catalogue(good("1")), package(offer("1", "<Количество>1</Количество>"))])
async def test_a_part_may_stand_alone(inside: str) -> None:
    reading = await read(inside)
    assert sum(map(len, reading.records.values())) == 1


async def test_goods_of_an_order_are_no_goods_of_a_catalogue() -> None:
    assert not (await read(file(f"<Документ><Товары>{good('1')}</Товары></Документ>"))).keys("nomenklatura")


@pytest.mark.parametrize(
    ("content", "cause", "message"),
    [
        ("", Cause.MALFORMED, "is not XML"),
        ("ВерсияСхемы;2.07", Cause.MALFORMED, "is not XML"),
        ("<html><body/></html>", Cause.UNEXPECTED, "is no CommerceML: its root is <html>"),
        (WHOLE[:-300], Cause.TRUNCATED, "broke off: its XML is not complete"),
        (file(catalogue("<Товар></Ид>")), Cause.MALFORMED, "is not well-formed XML"),
        (file(catalogue("<Товар>&own;</Товар>")), Cause.MALFORMED, "is not well-formed XML"),
        ('<!DOCTYPE a [<!ENTITY x "y">]>' + CONTENT.decode(), Cause.MALFORMED, "holds a DOCTYPE, which is refused"),
        ("<!-- a --><!DOCTYPE a>" + CONTENT.decode(), Cause.MALFORMED, "holds a DOCTYPE, which is refused"),
    ],
    ids=["nothing", "text", "page", "cut", "broken", "entity", "doctype", "doctype behind a comment"],
)
async def test_what_is_no_whole_file_is_refused(content: str, cause: Cause, message: str) -> None:
    error = await refused(document(content, "import.xml"))
    assert error.cause is cause
    assert error.message.startswith(f'The file "import.xml" {message}')


def nested(tag: str, times: int, inside: str = "") -> str:
    return f"<{tag}>" * times + inside + f"</{tag}>" * times


@pytest.mark.parametrize("tag", ["Группа", "Нечто"])
async def test_only_what_is_nested_too_deep_is_refused(tag: str) -> None:
    assert await read(file(classifier(nested(tag, 62))))
    for depth in (63, 100, 10_000):
        error = await refused(file(classifier(nested(tag, depth))))
        assert error.cause is Cause.MALFORMED


async def test_fields_of_a_row_are_no_deeper_either() -> None:
    assert await read(file(catalogue(good("1", nested("Нечто", 60)))))
    assert "nested more than 64 deep" in (await refused(file(catalogue(good("1", nested("Нечто", 61)))))).message


async def test_elements_without_a_row_are_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(guards, "MOST_ELEMENTS", 30_000)
    error = await refused(file("<a/>" * 100_000 + catalogue(good("1"))))
    assert error.cause is Cause.TOO_LARGE
    assert "without a row between them" in error.message
    assert (await read(file(catalogue(good("1", "<a/>" * 100) * 1000)))).keys("nomenklatura")


@pytest.mark.parametrize(
    ("inside", "message"),
    [
        ("<a/>" * 250_000, "has a row of more than 200,000 elements"),
        (f"<a>{'б' * 3000}</a>" * 4000, "has a row of more than 16 MB"),
    ],
    ids=["elements", "bytes"],
)
async def test_a_row_is_bounded(inside: str, message: str) -> None:
    assert message in (await refused(file(catalogue(good("1", inside))))).message


async def test_parts_are_bounded() -> None:
    assert "has more than 1,000 parts" in (await refused(file("<Каталог/>" * 1001))).message


async def test_a_very_long_text_is_cut_and_told() -> None:
    reading = await read(file(catalogue(good("1", f"<Картинка64>{'A' * 1_000_000}</Картинка64>"))))
    assert len(reading.one("nomenklatura").fields["Картинка64"]) < 500_000
    assert "bytes of very long texts were left out" in reading.problems[0]


async def test_where_a_row_stands_is_said() -> None:
    reading = await read(document(file(catalogue(good("1") + good("2"))), "import0_1.xml"))
    assert [record.place for record in reading.records["nomenklatura"]] == [
        "import0_1.xml: Товар 1",
        "import0_1.xml: Товар 2",
    ]
