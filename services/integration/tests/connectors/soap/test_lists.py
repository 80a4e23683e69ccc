"""One of the lists of an answer is meant."""

import json
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st
from integration.connectors.soap import Cause
from integration.connectors.soap.batch import Kind
from integration.connectors.xml import encoding

from .reading import Reading, answer, read, refused, row, rows


def returned(inside: str) -> str:
    return answer(f"<m:return>{inside}</m:return>", declaration="")


GOODS = f"<m:Goods>{rows('Good', 'G-1', 'G-2', 'G-3', Article='A')}</m:Goods>"
TYPES = f"<m:PriceTypes>{rows('PriceType', '1', '2')}</m:PriceTypes>"
THREE = ["G-1", "G-2", "G-3"]
OTHERS = {
    "price types": TYPES,
    "more of them": f"<m:PriceTypes>{rows('PriceType', *'12345678')}</m:PriceTypes>",
    "with a currency": f"<m:PriceTypes>{rows('PriceType', '1', '2', Currency='UZS', Description='x')}</m:PriceTypes>",
    "rows of the same name": f"<m:PriceTypes>{rows('Good', '1', '2')}</m:PriceTypes>",
    "warehouses": f"<m:Склады>{rows('Склад', '1', '2')}</m:Склады>",
    "groups": f"<m:Groups>{rows('Group', *map(str, range(50)))}</m:Groups>",
    "two others": TYPES + f"<m:Units>{rows('Unit', '796', '163')}</m:Units>",
    "a head": "<m:Code>0</m:Code><m:Name>Прайс-лист</m:Name>",
}


@pytest.mark.parametrize("other", OTHERS.values(), ids=OTHERS.keys())
@pytest.mark.parametrize("goods_first", [True, False])
def test_list_that_is_meant_is_read_wherever_it_stands(other: str, goods_first: bool) -> None:
    found = read(returned(GOODS + other if goods_first else other + GOODS))
    assert (found.codes, found.rejected) == (THREE, [])


def test_lists_that_were_not_read_are_reported() -> None:
    assert read(returned(TYPES + GOODS)).outcome.warnings == [
        "The list return/PriceTypes/PriceType (2 rows) is of another kind and was not read"
    ]


UNCLEAR = {
    "nothing tells them apart": rows("Alpha", "1", "2") + rows("Beta", "3", "4"),
    "more rows of what fills less": rows("Alpha", "1", Article="x") + rows("Beta", "2", "3"),
    "alone, and named after something else": TYPES,
    "alone, in a list of something else": f"<m:PriceTypes>{rows('Row', '1', '2')}</m:PriceTypes>",
}


@pytest.mark.parametrize("inside", UNCLEAR.values(), ids=UNCLEAR.keys())
def test_answer_of_which_nobody_can_be_sure_is_refused_and_its_lists_are_named(inside: str) -> None:
    error = refused(returned(inside))
    assert error.cause is Cause.UNEXPECTED
    assert "is clearly that of products: return/" in error.message
    assert " rows with code_1c, name" in error.message


def test_empty_list_of_goods_is_not_replaced_by_another_list() -> None:
    found = read(returned(f"{TYPES}<m:Goods/>"))
    assert (found.codes, found.rejected) == ([], [])
    assert "PriceType (2 rows)" in found.outcome.warnings[0]


def test_rows_of_the_usual_name_are_the_list_whatever_else_fills_more() -> None:
    other = rows("Offer", "1", "2", "3", Article="x", BasePrice="1", Shtrix="1")
    assert read(returned(other + rows("ProductItem", "P-1"))).codes == ["P-1"]


def test_what_a_client_list_is_recognised_by() -> None:
    warehouses = f"<m:Warehouses>{rows('Warehouse', '1', '2', '3', City='Toshkent')}</m:Warehouses>"
    clients = rows("Контрагент", "К-1", "К-2", INN="1")
    assert read(returned(warehouses + clients), "clients").codes == ["К-1", "К-2"]


def group(inside: str) -> str:
    return f"<m:Group><m:GroupName>Чай</m:GroupName>{inside}</m:Group>"


@pytest.mark.parametrize("name", ["ProductItem", "Good"])
@pytest.mark.parametrize(
    "build",
    [
        lambda item: item("1") + group(item("2") + item("3")),
        lambda item: group(item("1")) + item("2") + item("3"),
        lambda item: group(item("1") + group(item("2") + group(item("3")))),
        lambda item: group(group(item("1"))) + group(item("2")) + item("3"),
    ],
    ids=["in and out", "out behind", "deeper and deeper", "three depths"],
)
@pytest.mark.parametrize("piece", [50, 10**6])
def test_rows_of_groups_are_read_at_every_depth(name: str, build, piece: int) -> None:  # type: ignore[no-untyped-def]  # a lambda of the table
    found = read(returned(build(lambda code: row(name, code))), piece=piece)
    assert (sorted(found.codes), found.rejected) == (["1", "2", "3"], [])


@pytest.mark.parametrize("name", ["ProductItem", "Good"])
@pytest.mark.parametrize("piece", [50, 10**6])
def test_row_inside_a_row_is_an_error(name: str, piece: int) -> None:
    inner = f"<m:Parts>{row(name, '2')}</m:Parts>"
    outer = f"<m:{name}><m:Code>1</m:Code><m:Name>x</m:Name><m:Article>a</m:Article>{inner}</m:{name}>"
    found = read(returned(outer), piece=piece)
    assert found.codes == ["1"]
    assert [problem.code for problem in found.rejected] == ["2"]


def test_rows_that_do_not_look_like_one_are_errors_wherever_they_stand() -> None:
    poor = "<m:Good><m:Code>1</m:Code></m:Good>"
    found = read(returned(poor + row("Good", "2") + poor))
    assert (found.codes, [problem.reason for problem in found.rejected]) == (["2"], ["Name is missing"] * 2)


LAMPS = [{"Code": "J-1", "Name": "Лампа", "Article": "a"}, {"Code": "J-2", "Name": "Кабель"}]
JSON = {
    "before an empty list": {"errors": [], "items": LAMPS},
    "behind an empty list": {"items": LAMPS, "errors": []},
    "beside price types": {"types": [{"Code": "1", "Name": "Опт"}], "items": LAMPS},
    "deeper": {"data": {"result": {"items": LAMPS}}},
    "in groups": {"groups": [{"title": "x", "items": LAMPS[:1]}, {"title": "y", "items": LAMPS[1:]}]},
    "with a head": {"Code": 0, "Name": "Прайс", "items": LAMPS},
    "alone": LAMPS,
}


@pytest.mark.parametrize("document", JSON.values(), ids=JSON.keys())
def test_list_of_json_is_found_wherever_it_stands(document: object) -> None:
    found = read(returned(json.dumps(document)))
    assert (found.codes, found.rejected) == (["J-1", "J-2"], [])


def test_items_of_a_json_list_that_are_no_rows_are_errors() -> None:
    found = read(returned(json.dumps([*LAMPS, None, 5, {"Code": "3"}])))
    assert (found.codes, len(found.rejected)) == (["J-1", "J-2"], 3)


def test_json_list_of_what_nobody_knows_is_refused() -> None:
    assert (
        refused(returned('{"errors": [], "items": [{"Номер": "1"}]}')).message
        == 'The answer holds no rows but Номер "1"'
    )
    assert "holds no list of rows" in refused(returned('{"rows": {"a": {"b": "c"}}}')).message


PARTS = [
    row("ProductItem", "1"), row("Good", "2", Article="x"), group(row("ProductItem", "3")), group(row("Good", "4")),
    "<m:Note>x</m:Note>", TYPES, row("Good", "5", Brand="<m:Code>7</m:Code><m:Name>Acme</m:Name>"), "<m:ProductItem/>",
    "<m:Good Code='6' Name='x'/>", "<m:ErrorMessage>нет</m:ErrorMessage>",
]  # fmt: skip


def told(document: str, piece: int) -> object:
    found: Reading = read(document, piece=piece)
    return sorted(found.codes), found.rejected, found.outcome


@pytest.fixture(scope="module", autouse=True)
def _small_pieces_at_once() -> Iterator[None]:
    """Let the answers of these tests reach the parser in the pieces in which they come."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(encoding, "BEGINNING", 1)
        yield


@given(st.lists(st.sampled_from(PARTS), max_size=12), st.integers(1, 300))
def test_where_an_answer_is_cut_makes_no_difference(parts: list[str], piece: int) -> None:
    document = returned("<m:ProductItem><m:Code>0</m:Code><m:Name>x</m:Name></m:ProductItem>" + "".join(parts))
    assert told(document, piece) == told(document, 10**6)


@pytest.mark.parametrize("kind", ["nomenklatura", "clients"])
def test_list_of_the_other_operation_is_refused(kind: Kind) -> None:
    others = {
        "nomenklatura": [
            returned(rows("ClientItem", "1")),
            returned(f"<m:Контрагенты>{rows('Row', '1')}</m:Контрагенты>"),
        ],
        "clients": [returned(rows("ProductItem", "1")), returned(f"<m:Goods>{rows('Item', '1')}</m:Goods>")],
    }
    for document in others[kind]:
        assert "none is clearly that of" in refused(document, kind).message


@pytest.mark.parametrize("name", ["Errors/Error", "Ошибки/Строка", "Contracts/Contract", "Сотрудники/Сотрудник"])
def test_errors_and_other_things_with_codes_and_names_are_no_rows(name: str) -> None:
    holder, item = name.split("/")
    others = f"<m:{holder}>{rows(item, 'X')}</m:{holder}>"
    assert "none is clearly that of products" in refused(returned(others)).message
    assert read(returned(f"{others}<m:Items>{rows('Item', 'A')}</m:Items>")).codes == ["A"]


def test_errors_next_to_an_empty_list_are_a_failure() -> None:
    failed = refused(returned(f"<m:Errors>{rows('Error', '12')}</m:Errors><m:Goods/>"))
    assert failed.message == "The answer holds no rows but a list of errors: return/Errors/Error (1 rows)"
