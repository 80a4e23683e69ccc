"""The names of groups are columns of products, and change without the products' coming again."""

from ..connectors.commerceml.building import file
from .loading import Loader, Numbers
from .writing import changes, groups, product, products, whole


async def test_renamed_group_is_sent_to_the_products_in_and_below_it(loader: Loader) -> None:
    goods = products(range(10)) + products(range(10, 14), group="G-1") + products(range(20, 25), group="G-3")
    await loader.load(whole(goods, before=groups()))
    renamed = await loader.load(file(groups("Кофе")))
    assert renamed.numbers == Numbers(10, updated=10)
    assert {row["key"] for row in loader.catalog.sent} == {f"p-{number}" for number in range(10)}
    assert all(
        "code" not in row and row["values"] == {"roditel": "Кофе", "category": "Еда"} for row in loader.catalog.sent
    )
    assert (await loader.load(file(groups("Кофе")))).numbers == Numbers(0)
    whole_tree = await loader.load(file(groups("Кофе").replace("Еда", "Продукты")), changes(product(3)))
    assert whole_tree.numbers == Numbers(14, updated=14)
    assert {loader.catalog.row(f"p-{number}").values["category"] for number in range(14)} == {"Продукты"}
    assert loader.catalog.row("p-12").values["roditel"] == "Продукты"
    assert loader.catalog.row("p-20").values["roditel"] == "Мыло"


async def test_product_that_moves_to_another_group_has_its_names(loader: Loader) -> None:
    await loader.load(whole(products(range(3)), before=groups()))
    await loader.load(changes(product(1, group="G-3") + product(2, group="")))
    assert loader.sent == ["p-1"]
    assert loader.catalog.row("p-1").values["category"] == "Мыло"
    assert loader.catalog.row("p-2").values["category"] == "Еда"


async def test_groups_that_come_after_their_products_label_them(loader: Loader) -> None:
    await loader.load(whole(products(range(3))))
    assert "category" not in loader.catalog.row("p-1").values
    await loader.load(file(groups()))
    assert loader.catalog.row("p-1").values["category"] == "Еда"
