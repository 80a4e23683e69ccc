"""Codes follow 1C, whoever had them before."""

import pytest
from integration.mappings.presets import preset
from integration.runs.chains import Move, fits, linked

from .loading import Loader, Numbers
from .writing import changes, product, products, whole


def codes(loader: Loader, *numbers: int) -> list[str]:
    return [loader.catalog.row(f"p-{number}").code for number in numbers]


async def test_codes_are_changed_swapped_and_passed_on(loader: Loader) -> None:
    await loader.load(whole(products(range(30))))
    chain = {1: "C-11", 11: "C-21", 21: "C-2", 2: "C-12", 12: "FREE"}  # spread over what would be three chunks
    swap = {5: "C-25", 25: "C-5"}
    new = chain | swap | {7: "NEW"}
    goods = "".join(product(number, new.get(number, f"C-{number}")) for number in range(30))
    loaded = await loader.load(whole(goods + product(99, "C-1")))
    assert loaded.numbers == Numbers(31, created=1, updated=30, unchanged=22)
    assert codes(loader, *new) == [*new.values()]
    assert codes(loader, 99) == ["C-1"]
    assert loaded.of("nomenklatura")["renamed"] == 8
    assert "8 of nomenklatura have other codes than before" in loaded.job["warnings"]
    again = await loader.load(changes(goods))
    assert (again.numbers.unchanged, loader.sent) == (30, [])


async def test_chain_above_a_chunk_is_refused(loader: Loader) -> None:
    await loader.load(whole(products(range(12))))
    passed = "".join(product(number, f"C-{number + 1}" if number < 11 else "C-0") for number in range(12))
    loaded = await loader.load(changes(passed + product(50)))
    assert loaded.numbers == Numbers(13, created=1, errors=12)
    assert "more than 10 cannot be changed at once" in loaded.errors[0][1]
    assert codes(loader, 0, 11) == ["C-0", "C-11"]


async def test_taken_code_is_an_error_and_nothing_else_of_the_row_is_written(loader: Loader) -> None:
    await loader.load(whole(products(range(3))))
    loaded = await loader.load(changes(product(1, "C-2", name="Иначе")))
    assert loaded.numbers == Numbers(1, errors=1)
    assert loader.catalog.row("p-1").values["name"] == "Товар 1"


@pytest.mark.parametrize("replace", [False, True])
async def test_stand_in_gives_way_only_where_the_mapping_says_so(loader: Loader, replace: bool) -> None:
    await loader.load(whole(product(1, None)))
    assert codes(loader, 1) == ["p-1"]
    if replace:
        document = preset("commerceml").model_dump(by_alias=True)
        document["streams"]["nomenklatura"]["stand_in_codes"] = "replace"
        await loader.remap(document)
    loaded = await loader.load(whole(product(1)))
    assert codes(loader, 1) == ["C-1" if replace else "p-1"]
    assert loaded.of("nomenklatura")["kept"] == (0 if replace else 1)
    await loader.load(changes(product(1, None)))
    assert codes(loader, 1) == ["C-1" if replace else "p-1"]


async def test_restored_base_has_other_keys_and_the_same_codes(loader: Loader) -> None:
    await loader.load(whole(products(range(5))))
    restored = "".join(product(f"N-{number}", f"C-{number}") for number in range(5))
    part = await loader.load(changes(product("N-0", "C-0")))
    assert part.numbers == Numbers(1, errors=1)
    loaded = await loader.load(whole(restored))
    assert loaded.numbers == Numbers(5, updated=5)
    assert (loaded.of("nomenklatura")["relinked"], len(loader.catalog.rows)) == (5, 5)
    again = await loader.load(changes(restored))
    assert (again.numbers, loader.sent) == (Numbers(5, updated=5, unchanged=5), [])
    assert (await loader.load(whole(restored))).of("nomenklatura")["missing"] == 0


def move(n: int, old: str, new: str, size: int = 10) -> Move:
    return Move(n, old, new, size)


def test_moves_are_linked_by_the_codes_that_they_pass_on() -> None:
    moves = [move(0, "A", "B"), move(1, "X", "Y"), move(2, "C", "D"), move(3, "B", "C"), move(4, "Y", "X")]
    assert [[one.n for one in chain] for chain in linked(moves)] == [[0, 2, 3], [1, 4]]


def test_many_moves_are_linked_quickly() -> None:
    count = 50_000
    moves = [move(n, f"{n}", f"{n + 1}") for n in range(count)]
    (chain,) = linked(moves[::-1])
    assert len(chain) == count


@pytest.mark.parametrize(
    ("rows", "size", "fit"), [(1, 10**6, True), (10, 10, True), (11, 10, False), (2, 250_000, False)]
)
def test_chain_fits_into_a_chunk(rows: int, size: int, fit: bool) -> None:
    assert fits([move(n, "", "", size) for n in range(rows)], 10) == fit
