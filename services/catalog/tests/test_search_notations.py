"""A search finds what looks or sounds the same, and numbers by their digits; never somebody else's."""

import unicodedata

import pytest

from .builders import Catalog

NFD = unicodedata.normalize("NFD", "Йогурт ўзбек ёж")
SAME = [
    # signs between numbers
    ["Плитка 10×15 см", "Плитка 10x15 см", "Плитка 10х15 см", "плитка 10*15 см", "Плитка 10 × 15 см"],
    ["Плита 10 * 15см", "плита 10×15 см"],
    ["Брус 50*50*3000", "брус 50х50×3000", "брус 50 X 50 x 3000"],
    ["Сок 0,5 л", "сок 0.5 л", "сок 0.5л", "сок 0,5Л"],
    ["Труба ½", "труба 1/2", "труба 1⁄2"],
    ["Линолеум м²", "линолеум м2", "линолеум м 2"],
    ["Чай №95", "чай № 95", "чай N95", "чай n 95"],
    ["Набор 1 000 шт", "набор 1000 шт", "набор 1\u00a0000 шт", "набор 1\u202f000шт"],
    # hyphens, dashes and blanks
    ["Wi-Fi", "wifi", "wi fi", "WiFi", "Wi‑Fi", "wi‐fi", "wi–fi", "wi—fi", "wi−fi", "wi\u00adfi", "wi‒fi"],
    ["вай-фай", "вайфай", "вай фай", "Вай\u2011Фай"],
    ["e-mail", "email", "e mail"],
    ["USB-C", "usb‑c", "usbc", "USB C"],
    ["T-shirt", "tshirt", "t shirt"],
    ["Анти\u00adфриз", "антифриз", "анти-фриз"],
    ["М-400", "М400", "м 400", "m400"],
    ["AC1200", "AC 1200", "ac-1200"],
    # letters
    ["цемент", "sement", "tsement", "cement", "ЦЕМЕНТ"],
    ["цирк", "sirk", "tsirk", "cirk"],
    ["пицца", "pizza", "pitstsa"],
    ["Ülker", "ulker", "улкер", "ÜLKER"],
    ["tuğ", "tugʻ", "туғ", "TUĞ"],
    ["Işık", "isik", "ISIK"],
    ["şo‘rva", "şörva", "sho'rva", "шўрва"],
    ["Nestlé", "nestle", "NESTLE", "нестле"],
    ["Señor", "senor"],
    ["Häagen", "haagen", "HÄAGEN"],
    ["Straße", "strasse"],
    [NFD, unicodedata.normalize("NFC", NFD), "йогурт узбек еж", "iogurt o'zbek ёж"],
    ["зелёный", "зеленый", unicodedata.normalize("NFD", "зелёный")],
    # what nobody sees, and other forms
    ["Шоко\u200bлад", "шоколад", "\ufeffшоколад", "шоко\u2060лад", "шоколад\u200e"],
    ["ＡＢＣ１２３", "abc123", "ABC 123"],
    ["ﬁlter", "filter"],
    ["«Юбилейное»", "юбилейное", '"Юбилейное"', "“юбилейное”", "(юбилейное),"],
    ["Head&Shoulders", "head & shoulders", "head shoulders"],
    ["Кабель\u00a0силовой", "кабель силовой"],
]  # fmt: skip
LETTERS_OF_TWO_KINDS = [
    ["Beşiktaş", "besiktas", "beshiktash", "BEŞİKTAŞ", "бешикташ"],
    ["Çikolata", "cikolata", "chikolata", "чиколата"],
    ["Gösht", "gosht", "go‘sht", "gusht", "гўшт"],
    ["İçim", "icim", "ichim", "ичим"],
]  # fmt: skip


@pytest.mark.parametrize("notations", SAME, ids=lambda notations: notations[0])
async def test_every_notation_finds_every_other(api: Catalog, notations: list[str]) -> None:
    await api.make_product("OTHER", name="Гвозди строительные")
    for number, name in enumerate(notations):
        await api.make_product(f"-{number}-", name=name)
    everything = {f"-{number}-" for number in range(len(notations))}
    missed = {query: everything - set(await api.listed("nomenklatura", search=query)) for query in notations}
    assert {query: codes for query, codes in missed.items() if codes} == {}
    assert [query for query in notations if "OTHER" in await api.listed("nomenklatura", search=query)] == []


@pytest.mark.parametrize("notations", LETTERS_OF_TWO_KINDS, ids=lambda notations: notations[0])
async def test_letter_that_is_typed_in_two_ways_is_found_by_both(api: Catalog, notations: list[str]) -> None:
    first, *others = notations
    await api.make_product("first", name=first)
    assert [query for query in others if await api.listed("nomenklatura", search=query) != ["first"]] == []
    for number, name in enumerate(others):
        await api.make_product(f"-{number}-", name=name)
    assert len(await api.listed("nomenklatura", search=first)) == len(notations)


OTHERS = [
    ("Плитка 10×15", "10×16"), ("Болт 5-10", "510"), ("Сок 1.5", "15"), ("Сок 0,5", "05"), ("М8 100", "8100"),
    ("Ёлка", "юлка"), ("Стол", "стул"), ("Мясо и рис", "ирис"), ("Набор с топором", "стоп"), ("Кисть и краска", "икра"),
    ("Мастер кабель", "терка"), ("Сок 1 л", "11"),
]  # fmt: skip


@pytest.mark.parametrize(("name", "query"), OTHERS)
async def test_what_is_another_thing_is_not_found(api: Catalog, name: str, query: str) -> None:
    await api.make_product("A", name=name)
    answer = await api.get("nomenklatura/", search=query)
    assert answer.json()["count"] == 0 or answer.headers.get("x-search") == "similar"


PHONES = ["+998 (90) 123-45-67", "998901234567", "+998 90 123 45 67", "+998(90)1234567", "998-90-123-45-67"]
ASKED = [
    *PHONES,
    "901234567",
    "90 123 45 67",
    "(90) 123-45-67",
    "90-123-45-67",
    "00998901234567",
    "1234567",
    "123-45-67",
    "tel:+998901234567",
    "Tel:90 123-45-67",
]


@pytest.mark.parametrize("asked", ASKED)
async def test_phone_is_found_in_any_notation_and_no_other_is(api: Catalog, asked: str) -> None:
    for number, phone in enumerate(PHONES):
        await api.make_client(f"P{number}", name="Дўкон", phone=phone)
    await api.make_client("C", name="Дўкон", contact_phone="+998 90 1234567")
    await api.make_client("OTHER", name="Дўкон", phone="+998 67 123 45 90", tax_id="301234590")
    found = await api.listed("client", search=asked)
    assert set(found) == {"C", *(f"P{number}" for number in range(len(PHONES)))}


AT_HOME = [
    ("90 123-45-67", "+998901234567"), ("901234567", "998 90 123 45 67"), ("8 (495) 123-45-67", "+7 495 1234567"),
    ("+7 (495) 123-45-67", "84951234567"), ("495 123-45-67", "+74951234567"), ("(71) 200-00-01", "00998712000001"),
]  # fmt: skip


@pytest.mark.parametrize(("stored", "asked"), AT_HOME)
async def test_phone_without_its_country_is_that_of_home(api: Catalog, stored: str, asked: str) -> None:
    await api.make_client("A", phone=stored)
    await api.make_client("B", phone=f"{stored[:-1]}9")
    assert await api.listed("client", search=asked) == ["A"]


@pytest.mark.parametrize("asked", ["901234568", "+998 (90) 123-45-68", "90 123 45 68", "Дўкон 90 123 45 68"])
async def test_nobody_else_is_shown_for_a_phone(api: Catalog, asked: str) -> None:
    await api.make_client("A", name="Дўкон", phone="+998 (90) 123-45-67")
    await api.make_client("B", name="Дўкон", phone="+998 68 123 45 90", tax_id="45689012")
    answer = await api.get("client/", search=asked)
    assert (answer.json()["count"], "x-search" in answer.headers) == (0, False)


@pytest.mark.parametrize("asked", ["Karimov 90 123 45 67", "901234567 karimov", "каримов +998(90)1234567"])
async def test_name_and_phone_go_together(api: Catalog, asked: str) -> None:
    await api.make_client("A", name="Каримов", phone="+998 (90) 123-45-67")
    await api.make_client("B", name="Каримов", phone="+998 (90) 123-45-68")
    assert await api.listed("client", search=asked) == ["A"]


CODES = [
    ("ФР 00 000042", ["ФР-00000042", "фр00000042", "ФР 00 000042", "fr00000042", "00000042", "42"]),
    ("00-00012345", ["0000012345", "00-00012345", "00 00012345", "12345", "00-0001"]),
    ("АБ.12/34-56", ["аб123456", "аб.12/34-56", "АБ 12 34 56", "ab-12-34-56"]),
    ("478 0001 234567", ["4780001234567", "478-0001-234567", "478 0001 234567"]),
    ("A-12-34", ["A1234", "a-12-34", "A 12 34"]),
]  # fmt: skip


@pytest.mark.parametrize(("code", "asked"), CODES)
async def test_code_is_found_with_and_without_its_signs(api: Catalog, code: str, asked: list[str]) -> None:
    await api.make_product("X", name="Гвозди", sku=code)
    await api.make_product("Y", name="Гвозди", sku="ZZ-77")
    missed = [query for query in asked if await api.listed("nomenklatura", search=query) != ["X"]]
    assert missed == []


@pytest.mark.parametrize(
    "asked", ["ART-1054329", "00-00012346", "4780001234568", "ivan@mail.uz", "шоколад 4780001234568"]
)
async def test_code_or_address_is_never_a_similar_one(api: Catalog, asked: str) -> None:
    await api.make_product("00-00012345", name="Шоколад", article_code="ART-1054321", barcode="4780001234567")
    await api.make_client("ivan@mail.ru", name="Иван", email="ivan@mail.ru")
    for kind in ("nomenklatura", "client"):
        answer = await api.get(f"{kind}/", search=asked)
        assert (answer.json()["count"], "x-search" in answer.headers) == (0, False), kind


async def test_similar_words_keep_to_the_numbers_that_were_asked(api: Catalog) -> None:
    await api.make_product("A", name="Шоколад молочный 200 г")
    await api.make_product("B", name="Шоколад молочный 100 г")
    answer = await api.get("nomenklatura/", search="шоколат 200")
    assert ([row["code_1c"] for row in answer.json()["results"]], answer.headers["x-search"]) == (["A"], "similar")
