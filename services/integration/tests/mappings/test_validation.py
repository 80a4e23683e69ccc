"""Every way in which a mapping can be wrong, by its path."""

from copy import deepcopy
from typing import Any

import pytest
from ecatalog.core.errors import FieldErrors
from ecatalog.http.body import REQUIRED
from integration.integrations.kinds import IntegrationKind
from integration.mappings import validation
from integration.mappings.dependencies import MAX_BYTES, MappingBody
from integration.mappings.schemas import MappingIn
from integration.mappings.stored import completed
from integration.mappings.validation import check

BODY = MappingBody(MappingIn)
KEYED: dict[str, Any] = {
    "preset": "commerceml",
    "streams": {"nomenklatura": {"fields": {"code_1c": {"from": "Код", "else": "key"}, "name": {"from": "Имя"}}}},
}
SOAP: dict[str, Any] = {
    "preset": "soap",
    "streams": {"nomenklatura": {"fields": {"code_1c": {"from": "Code"}, "name": {"from": "Name"}}}},
}
FIELDS = "streams.nomenklatura.fields"


def changed(document: dict[str, Any], path: str, value: Any) -> dict[str, Any]:
    """The document with another value at a path; names of fields may hold dots."""
    document = deepcopy(document)
    place = document
    *way, last = path.split("/")
    for name in way:
        place = place[name]
    if value is None:
        del place[last]
    else:
        place[last] = value
    return document


def form_errors(document: Any) -> dict[str, list[str]]:
    with pytest.raises(FieldErrors) as failed:
        BODY.validate(document)
    return dict(failed.value.body)


def errors(document: dict[str, Any], kind: IntegrationKind) -> dict[str, list[str]]:
    with pytest.raises(FieldErrors) as failed:
        check(completed(BODY.validate(document).document), kind)
    return dict(failed.value.body)


@pytest.mark.parametrize(
    ("document", "kind"), [(KEYED, "commerceml-exchange"), (KEYED, "commerceml-file"), (SOAP, "soap")]
)
def test_mapping_that_is_right_passes(document: dict[str, Any], kind: IntegrationKind) -> None:
    check(completed(BODY.validate(document).document), kind)


PRODUCTS = "streams/nomenklatura"


@pytest.mark.parametrize(
    ("path", "value", "at", "message"),
    [
        ("preset", None, "preset", REQUIRED),
        ("preset", "ut11", "preset", '"ut11" is not a valid choice.'),
        ("presets", "soap", "presets", "There is no such key."),
        ("streams", [], "streams", "Expected an object."),
        (PRODUCTS, "x", "streams.nomenklatura", "Expected an object."),
        (f"{PRODUCTS}/rows", "", "streams.nomenklatura.rows", "This field may not be blank."),
        (f"{PRODUCTS}/skip", [], "streams.nomenklatura.skip", "Expected an object."),
        (f"{PRODUCTS}/skip", {"Тип": 5}, "streams.nomenklatura.skip.Тип", "Expected a list."),
        (f"{PRODUCTS}/skip", {"Тип": ["a", ""]}, "streams.nomenklatura.skip.Тип.1", "This field may not be blank."),
        (f"{PRODUCTS}/skip", dict.fromkeys(map(str, range(101)), "a"), "streams.nomenklatura.skip",
         "Ensure this has no more than 100 elements."),
        (f"{PRODUCTS}/ignore", ["a", None], "streams.nomenklatura.ignore.1", "This field may not be null."),
        (f"{PRODUCTS}/stand_in_codes", "drop", "streams.nomenklatura.stand_in_codes", '"drop" is not a valid choice.'),
        (f"{PRODUCTS}/is_whole_list", "perhaps", "streams.nomenklatura.is_whole_list", "Must be a valid boolean."),
        (f"{PRODUCTS}/fields", None, FIELDS, REQUIRED),
        (f"{PRODUCTS}/fields", [], FIELDS, "Expected an object."),
        (f"{PRODUCTS}/fields/name", [], f"{FIELDS}.name", "Expected an object."),
        (f"{PRODUCTS}/fields/name", {"form": "x"}, f"{FIELDS}.name.form", "There is no such key."),
        (f"{PRODUCTS}/fields/name", {"names": "x"}, f"{FIELDS}.name.names", "There is no such key."),
        (f"{PRODUCTS}/fields/name/from", 5, f"{FIELDS}.name.from", "Expected a list."),
        (f"{PRODUCTS}/fields/name/from", ["a", ""], f"{FIELDS}.name.from.1", "This field may not be blank."),
        (f"{PRODUCTS}/fields/name/from", ["a" * 256], f"{FIELDS}.name.from.0",
         "Ensure this field has no more than 255 characters."),
        (f"{PRODUCTS}/fields/name/from", ["a"] * 51, f"{FIELDS}.name.from",
         "Ensure this has no more than 50 elements."),
        (f"{PRODUCTS}/fields/name/else", {"a": 1}, f"{FIELDS}.name.else", "Expected a list."),
        (f"{PRODUCTS}/fields/name/do", "trim", f"{FIELDS}.name.do", "Expected a list."),
        (f"{PRODUCTS}/fields/name/do", ["trim"] * 21, f"{FIELDS}.name.do", "Ensure this has no more than 20 elements."),
        (f"{PRODUCTS}/fields/name/do", ["trim", {"limit": 0}], f"{FIELDS}.name.do.1",
         "Ensure this value is greater than or equal to 1."),
        ("price_types", [], "price_types", "Expected an object."),
        ("price_types", {"wholesale": "a"}, "price_types.wholesale", "There is no such key."),
        ("price_types", {"base_price": ""}, "price_types.base_price", "This field may not be blank."),
        ("stock", "all", "stock", 'Give "total", or a list of 1 to 1000 keys of warehouses.'),
        ("stock", [], "stock", 'Give "total", or a list of 1 to 1000 keys of warehouses.'),
        ("stock", [""], "stock", "This field may not be blank."),
        ("category_level", 0, "category_level", "Ensure this value is greater than or equal to 1."),
        ("category_level", 21, "category_level", "Ensure this value is less than or equal to 20."),
        ("confirm", "perhaps", "confirm", "Must be a valid boolean."),
    ],
)  # fmt: skip
def test_form_of_a_mapping(path: str, value: Any, at: str, message: str) -> None:
    assert form_errors(changed(KEYED, path, value)) == {at: [message]}


def test_mapping_has_a_largest_size() -> None:
    words = {f"{number}" * 40: "a" * 255 for number in range(1000, 1999)}
    fields = {f"metadata.1c.{number}": {"from": "x", "do": [{"map": words}]} for number in range(2)}
    assert form_errors(changed(KEYED, f"{PRODUCTS}/fields", fields)) == {
        "non_field_errors": [f"The mapping is larger than {MAX_BYTES // 1024} KB."]
    }


def test_all_that_is_wrong_is_told_at_once() -> None:
    document = changed(changed(KEYED, "stock", "x"), f"{PRODUCTS}/fields/name/do", ["x", "y"])
    assert set(form_errors(document)) == {"stock", f"{FIELDS}.name.do.0", f"{FIELDS}.name.do.1"}


@pytest.mark.parametrize(
    ("path", "value", "at", "message"),
    [
        ("preset", "soap", "preset", validation.OTHER_PRESET.format("commerceml")),
        ("streams", {}, "streams", validation.NO_STREAMS),
        ("streams/goods", {"fields": {}}, "streams.goods", validation.NO_STREAM),
        (f"{PRODUCTS}/fields/code_1c", None, f"{FIELDS}.code_1c", REQUIRED),
        (f"{PRODUCTS}/fields/name", None, f"{FIELDS}.name", REQUIRED),
        (f"{PRODUCTS}/fields/price", {"from": "a"}, f"{FIELDS}.price", validation.NO_COLUMN),
        (f"{PRODUCTS}/fields/client_code_1c", {"from": "a"}, f"{FIELDS}.client_code_1c", validation.NO_COLUMN),
        (f"{PRODUCTS}/fields/code_1c/else", None, f"{FIELDS}.code_1c.else", validation.NO_KEY_OTHERWISE),
        (f"{PRODUCTS}/fields/code_1c/else", ["a", "key"], f"{FIELDS}.code_1c.else", validation.NO_KEY_OTHERWISE),
        (f"{PRODUCTS}/fields/code_1c/do", [{"default": "1"}], f"{FIELDS}.code_1c.do.0", validation.CODE_OF_ALL),
        (f"{PRODUCTS}/fields/brand", {}, f"{FIELDS}.brand.from", validation.NO_SOURCE),
        (f"{PRODUCTS}/fields/brand", {"do": ["trim"]}, f"{FIELDS}.brand.from", validation.NO_SOURCE),
        (f"{PRODUCTS}/fields/weight", {"do": ["trim", {"default": "x"}]}, f"{FIELDS}.weight.do.1",
         'The default "x" is not a number.'),
        (f"{PRODUCTS}/fields/brand", {"do": [{"default": "x" * 151}]}, f"{FIELDS}.brand.do.0",
         "The default is 151 characters long, at most 150 fit."),
        (f"{PRODUCTS}/fields/external_key", {"from": "a"}, f"{FIELDS}.external_key", validation.KEYS_OF_THEIR_OWN),
        (f"{PRODUCTS}/fields/is_deleted", {"from": "a"}, f"{FIELDS}.is_deleted", validation.MARKED),
        (f"{PRODUCTS}/rows", "Row", "streams.nomenklatura.rows", validation.ONLY_SOAP),
        (f"{PRODUCTS}/is_whole_list", True, "streams.nomenklatura.is_whole_list", validation.ONLY_SOAP),
        *((f"{PRODUCTS}/fields/metadata.1c.{part}", {"from": "a"}, f"{FIELDS}.metadata.1c.{part}",
           validation.BAD_METADATA) for part in ("", "a.b", "a\nb", "a" * 101)),
    ],
)  # fmt: skip
def test_mapping_of_a_kind_with_keys(path: str, value: Any, at: str, message: str) -> None:
    assert errors(changed(KEYED, path, value), "commerceml-exchange") == {at: [message]}


@pytest.mark.parametrize(
    ("path", "value", "at", "message"),
    [
        ("preset", "commerceml", "preset", validation.OTHER_PRESET.format("soap")),
        (f"{PRODUCTS}/fields/code_1c/else", "key", f"{FIELDS}.code_1c.else", validation.NO_OTHERWISE),
        (f"{PRODUCTS}/fields/brand", {"else": "a"}, f"{FIELDS}.brand.else", validation.NO_OTHERWISE),
        (f"{PRODUCTS}/fields/external_key", {"from": "a", "do": [{"default": "1"}]}, f"{FIELDS}.external_key.do.0",
         validation.CODE_OF_ALL),
        (f"{PRODUCTS}/fields/title", {"from": ["Title", "NA_ME"]}, f"{FIELDS}.title.from.1",
         validation.TWICE.format("NA_ME", "name")),
        ("stock", "total", "stock", validation.NOT_SOAP),
        ("category_level", 1, "category_level", validation.NOT_SOAP),
        ("price_types", {"base_price": "a"}, "price_types.base_price", validation.NOT_SOAP),
    ],
)  # fmt: skip
def test_mapping_of_soap(path: str, value: Any, at: str, message: str) -> None:
    assert errors(changed(SOAP, path, value), "soap") == {at: [message]}


@pytest.mark.parametrize(
    ("column", "chosen", "at"),
    [
        ("base_price", {"price_types": {"base_price": "a"}}, "price_types.base_price"),
        ("currency", {"price_types": {"base_price": "a"}}, "price_types.base_price"),
        ("sale_price", {"price_types": {"sale_price": "a"}}, "price_types.sale_price"),
        ("cost_price", {"price_types": {"cost_price": "a"}}, "price_types.cost_price"),
        ("stock_quantity", {"stock": "total"}, "stock"),
        ("stock_quantity", {"stock": ["a"]}, "stock"),
    ],
)
def test_column_has_a_field_or_a_choice(column: str, chosen: dict[str, Any], at: str) -> None:
    document = changed(KEYED, f"{PRODUCTS}/fields/{column}", {"from": "x"}) | chosen
    assert errors(document, "commerceml-file") == {at: [validation.BOTH.format(column)]}


def test_currency_may_be_a_field_beside_a_choice_of_another_price() -> None:
    document = changed(KEYED, f"{PRODUCTS}/fields/currency", {"from": "x"}) | {"price_types": {"sale_price": "A "}}
    given = BODY.validate(document)
    check(completed(given.document), "commerceml-file")
    assert given.price_types.sale_price == "a"


def test_metadata_are_filled_whole_or_in_parts() -> None:
    fields = KEYED["streams"]["nomenklatura"]["fields"] | {"metadata": {"from": "a"}, "metadata.1c.b": {"from": "b"}}
    assert errors(changed(KEYED, f"{PRODUCTS}/fields", fields), "commerceml-file") == {
        f"{FIELDS}.metadata.1c.b": [validation.BOTH_METADATA]
    }


def test_soap_may_have_an_external_key_rows_and_a_field_twice_for_one_column() -> None:
    document = changed(SOAP, f"{PRODUCTS}/fields/external_key", {"from": ["Ref", "re_f"]})
    document = changed(changed(document, f"{PRODUCTS}/rows", "return/Goods"), f"{PRODUCTS}/is_whole_list", True)
    check(completed(BODY.validate(document).document), "soap")
