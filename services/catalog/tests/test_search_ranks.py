"""The order of what a search finds."""

import pytest

from .builders import Catalog

# From the oldest to the newest; each is found, and the best is the oldest.
ORDERS = [
    (
        "краска",
        [
            ("краска", "x"), ("A1", "Краска"), ("A2", "Краска"), ("B1", "Краска белая"), ("B2", "Краскатор"),
            ("C1", "Белая краска"), ("C2", "Эмаль (краска)"), ("D1", "Покраска"), ("D2", "Докраскатор"),
        ],
        ["краска", "A2", "A1", "B2", "B1", "C2", "C1", "D2", "D1"],
    ),
    (
        "usb c",
        [("1", "USB‑C"), ("2", "USB C кабель"), ("3", "Кабель USB, тип C"), ("4", "Кабель USBC")],
        ["1", "2", "3", "4"],
    ),
    (
        "sement",
        [("1", "Цемент"), ("2", "Sement M500"), ("3", "Плита цементная"), ("4", "Клей цемент")],
        ["1", "2", "4", "3"],
    ),
    (
        "10x15",
        [("1", "10×15"), ("2", "10*15 плитка"), ("3", "Плитка 10 x 15"), ("4", "Плитка 110x155")],
        ["1", "2", "3", "4"],
    ),
    (
        "сок 1",
        [("1", "Сок 1 л"), ("2", "Напиток 1 сок"), ("3", "Напиток, сок 15"), ("4", "Высокий 1")],
        ["1", "3", "2", "4"],
    ),
    ("2 в 1", [("1", "Шампунь 2-в-1"), ("2", "Лампа 12 вт 21"), ("3", "Вилка 1, 2")], ["1", "3", "2"]),
    ("о", [("1", "Молоко"), ("2", "О, сок"), ("3", "Сок о"), ("4", "Олово")], ["4", "3", "2", "1"]),
    ("5", [("5", "Гвоздь 55"), ("15", "5 гвоздей"), ("25", "Гвоздь"), ("35", "Гвоздь 5")], ["5", "35", "25", "15"]),
    (
        "масло чай",
        [("1", "Чай масло"), ("2", "Чайное масло"), ("3", "Масло чай"), ("4", "Масло, чай")],
        ["4", "3", "1", "2"],
    ),
]  # fmt: skip


@pytest.mark.parametrize(("query", "rows", "expected"), ORDERS, ids=[query for query, _, _ in ORDERS])
async def test_best_come_first_and_the_newest_of_equals(
    api: Catalog, query: str, rows: list[tuple[str, str]], expected: list[str]
) -> None:
    for code, name in rows:
        await api.make_product(code, name=name)
    for _ in range(2):  # from the database, then remembered
        assert await api.listed("nomenklatura", search=query) == expected


@pytest.mark.parametrize("field", ["code_1c", "article_code", "sku", "barcode"])
@pytest.mark.parametrize("asked", ["ABC-12345", "abc12345", "АВС"])
async def test_row_of_that_code_comes_first(api: Catalog, field: str, asked: str) -> None:
    code = {"АВС": "АВС"}.get(asked, "ABC-12345")
    await api.make_product(
        **({"code": "first", "name": "Болт"} | ({"code": code} if field == "code_1c" else {field: code}))
    )
    await api.make_product("second", name=asked)
    await api.make_product("third", name=f"{asked} {asked}")
    await api.make_product("fourth", sku=f"{code}-6")
    found = await api.listed("nomenklatura", search=asked)
    assert found[0] == (code if field == "code_1c" else "first")
    assert found[1:] == ["second", "third", "fourth"]


async def test_pages_continue_the_order_and_another_order_or_a_cursor_goes_its_own_way(api: Catalog) -> None:
    names = ["Краска", "Краска белая", "Белая краска", "Покраска", "Краска синяя"]
    for number, name in enumerate(names):
        await api.make_product(f"N{number}", name=name)
    best = ["N0", "N4", "N1", "N2", "N3"]
    pages = [await api.listed("nomenklatura", search="краска", limit=2, offset=offset) for offset in (0, 2, 4)]
    assert pages == [best[:2], best[2:4], best[4:]]
    assert await api.listed("nomenklatura", search="краска", page=2, page_size=3) == best[3:]
    assert await api.listed("nomenklatura", search="краска", is_active="true") == best
    assert await api.listed("nomenklatura", search="краска", ordering="-created_at") == ["N4", "N3", "N2", "N1", "N0"]
    walked = (await api.get("nomenklatura/", search="краска", cursor="", limit=3)).json()
    assert [row["code_1c"] for row in walked["results"]] == ["N4", "N3", "N2"]
    rest = (await api.client.get(walked["next"], headers=api.headers)).json()
    assert [row["code_1c"] for row in rest["results"]] == ["N1", "N0"]
