"""1C says something beside the list."""

import json

import pytest
from integration.connectors.soap import Cause
from integration.connectors.soap.said import Said

from .reading import answer, read, refused, rows

TEXT = "Регистр остатков заблокирован, повторите позже"
FAILURES = {
    "flag and message": f"<m:return/><m:Success>false</m:Success><m:ErrorMessage>{TEXT}</m:ErrorMessage>",
    "message before the result": f"<m:ErrorMessage>{TEXT}</m:ErrorMessage><m:return/>",
    "no result at all": f"<m:ErrorMessage>{TEXT}</m:ErrorMessage>",
    "false and a message": f"<m:return>false</m:return><m:ErrorMessage>{TEXT}</m:ErrorMessage>",
    "in Russian": f"<m:return/><m:Успех>Нет</m:Успех><m:ТекстОшибки>{TEXT}</m:ТекстОшибки>",
    "an error alone": f"<m:return/><m:Ошибка>{TEXT}</m:Ошибка>",
    "inside the result": f"<m:return><m:Success>0</m:Success><m:Error_Text>{TEXT}</m:Error_Text></m:return>",
    "deeper": f"<m:return><m:Result><m:ErrorText>{TEXT}</m:ErrorText></m:Result><m:Items/></m:return>",
    "a code and a message": f"<m:return/><m:ErrorCode>17</m:ErrorCode><m:Message>{TEXT}</m:Message>",
    "a message alone": f"<m:return/><m:Message>{TEXT}</m:Message>",
    "a remark alone": f"<m:return/><m:Комментарий>{TEXT}</m:Комментарий>",
    "a state": f"<m:return/><m:Статус>Ошибка</m:Статус><m:Сообщение>{TEXT}</m:Сообщение>",
    "a result that is a sentence": f"<m:return/><m:Результат>{TEXT}</m:Результат>",
    "json": "<m:return>" + json.dumps({"success": False, "error": TEXT, "items": []}) + "</m:return>",
    "json in a list": "<m:return>" + json.dumps({"errors": [TEXT], "items": []}) + "</m:return>",
    "json with an object": "<m:return>" + json.dumps({"error": {"id": 5, "message": TEXT}, "list": []}) + "</m:return>",
    "json without a list": "<m:return>" + json.dumps({"error": TEXT}) + "</m:return>",
    "json beside": f"<m:return>[]</m:return><m:ErrorMessage>{TEXT}</m:ErrorMessage>",
}


@pytest.mark.parametrize("inside", FAILURES.values(), ids=FAILURES.keys())
def test_failure_reported_next_to_no_rows_is_an_error_in_the_words_of_1c(inside: str) -> None:
    assert TEXT in refused(answer(inside)).message


def test_failure_in_plain_words_is_all_that_is_shown() -> None:
    error = refused(answer(FAILURES["flag and message"]))
    assert (error.cause, error.message) == (Cause.FAULT, f"1C answered with an error: {TEXT}")


def test_failure_without_words_shows_what_there_is() -> None:
    assert 'return "false"' in refused(answer("<m:return>false</m:return><m:Changed>1</m:Changed>")).message
    assert 'ErrorCode "17"' in refused(answer("<m:return/><m:ErrorCode>17</m:ErrorCode>")).message


@pytest.mark.parametrize(
    "inside",
    [
        "<m:return/><m:Success>true</m:Success><m:ErrorMessage/>",
        "<m:return/><m:ErrorCode>0</m:ErrorCode><m:Message>OK</m:Message>",
        "<m:return/><m:Успех>Да</m:Успех><m:Ошибка>Нет</m:Ошибка>",
        "<m:return/><m:Message>Нет изменений с прошлого обмена</m:Message>",
        "<m:return/><m:Changed>false</m:Changed><m:URL>http://x</m:URL>",
        '<m:return>{"success": true, "errors": [], "items": []}</m:return>',
        "<m:return>[]</m:return>",
    ],
)
def test_empty_list_is_no_failure(inside: str) -> None:
    assert read(answer(inside)).stored == []


@pytest.mark.parametrize(
    ("beside", "message"),
    [
        (f"<m:ErrorMessage>{TEXT}</m:ErrorMessage>", f"1C says: {TEXT}"),
        (f"<m:Сообщение>{TEXT}</m:Сообщение>", f"1C says: {TEXT}"),
        ("<m:Success>false</m:Success>", '1C says: Success "false"'),
        ("<m:Success>true</m:Success><m:ErrorMessage/><m:Message>OK</m:Message>", None),
        ("<m:Changed>true</m:Changed>", None),
    ],
)
def test_what_is_said_next_to_rows_is_the_message(beside: str, message: str | None) -> None:
    for inside in (f"<m:return>{rows('ProductItem', '1')}</m:return>{beside}", beside + rows("ProductItem", "1")):
        found = read(answer(inside))
        assert (found.codes, found.outcome.message) == (["1"], message)


def test_message_next_to_json_rows_is_reported() -> None:
    document = json.dumps({"message": TEXT, "items": [{"Code": "1", "Name": "x"}]})
    found = read(answer(f"<m:return>{document}</m:return>"))
    assert (found.codes, found.outcome.message) == (["1"], f"1C says: {TEXT}")


def test_list_in_an_out_parameter_is_read() -> None:
    for listed in (rows("ProductItem", "1", "2"), '[{"Code": "1", "Name": "x"}, {"Code": "2", "Name": "y"}]'):
        assert read(answer(f"<m:return>true</m:return><m:List>{listed}</m:List>")).codes == ["1", "2"]


def test_number_of_rows_that_is_announced_is_compared() -> None:
    inside = f"<m:return><m:TotalCount>5</m:TotalCount>{rows('ProductItem', '1', '2')}</m:return>"
    assert read(answer(inside)).outcome.warnings == ["The answer speaks of 5 rows, 2 came"]


def test_messages_without_end_do_not_fill_the_memory() -> None:
    said = Said()
    for number in range(10_000):
        said.add("Message", f"{number}" * 1000)
    assert len(said.remarks) + len(said.others) <= 200
    assert all(len(text) < 500 for text in said.remarks + said.others)


@pytest.mark.parametrize(
    "inside",
    [
        f"<m:GetProductListResult>{TEXT}</m:GetProductListResult>",
        f'<m:return status="error" message="{TEXT}"/>',
        f'<m:return success="false" text="{TEXT}"><m:Goods/></m:return>',
    ],
)
def test_failure_in_a_result_of_another_name_or_in_attributes_is_an_error(inside: str) -> None:
    assert TEXT in refused(answer(inside)).message


@pytest.mark.parametrize("result", ["<m:GetProductListResult/>", '<m:return status="ok" version="2" count="0"/>'])
def test_empty_result_of_another_name_or_with_attributes_is_no_failure(result: str) -> None:
    found = read(answer(result))
    assert (found.stored, found.outcome.message) == ([], None)


def test_parts_of_rows_say_nothing_of_the_answer() -> None:
    document = [{"Code": "1", "Name": "x", "Brand": {"Code": "7", "Message": TEXT, "Error": TEXT}}]
    assert read(answer(f"<m:return>{json.dumps(document)}</m:return>")).outcome.message is None
