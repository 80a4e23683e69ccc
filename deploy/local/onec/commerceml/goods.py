"""The invented base as an exchange sees it: its goods with keys, groups, prices of three types and three warehouses."""

import random
from collections.abc import Iterator
from dataclasses import dataclass
from uuid import UUID, uuid5

from deploy.local.onec import generate

_NAMESPACE = UUID("0c1e5f5a-6c3f-4f0e-9a55-1c0de5ba5e00")

PREFIX = "00-"
_SENTENCES = (
    "Товар поставляется в заводской упаковке, на каждую партию есть сертификат соответствия.",
    "Хранить в сухом прохладном месте при температуре от +2 до +25 °C, беречь от прямых солнечных лучей.",
    "После вскрытия упаковки использовать в течение указанного срока, не замораживать повторно.",
    "Состав, пищевая и энергетическая ценность указаны производителем на упаковке.",
    "Mahsulot quruq va salqin joyda saqlansin, quyosh nurlaridan asralsin.",
    "Маҳсулот таркиби ва яроқлилик муддати қадоқда кўрсатилган.",
    "Подходит для розничной торговли, общественного питания и корпоративных заказов.",
    "Минимальная партия отгрузки со склада — одна транспортная упаковка.",
)
_SENTENCES_OF_A_GOOD = 2


@dataclass(frozen=True, slots=True)
class Named:
    """A group, a price type, a warehouse or a property: its key and its name."""

    key: str
    name: str


@dataclass(frozen=True, slots=True)
class Good:
    """A good as texts. ``prices`` and ``stock`` stand in the order of the base's price types and warehouses."""

    key: str
    code: str
    article: str
    name: str
    unit: str
    brand: Named
    group: Named
    country: str
    barcode: str
    weight: str
    description: str
    is_deleted: bool
    prices: tuple[str, ...]
    stock: tuple[str, ...]


class Base:
    """A base of ``count`` goods, the same for the same ``seed``, with the codes and names that its web service has.

    Another ``prefix`` makes other codes, as those of another base are.
    """

    def __init__(self, count: int, seed: int = 1, prefix: str = PREFIX) -> None:
        self.count = count
        self.prefix = prefix
        self.seed = seed
        self.catalog = self._named("Основной каталог товаров")
        self.root = self._named("Товары")
        self.price_types = [self._named(name) for name in ("Розничная", "Оптовая", "Закупочная")]
        self.warehouses = [self._named(name) for name in ("Основной склад", "Магазин", "Склад резерва")]
        self.brand = self._named("Бренд")
        self.standard = self._named("ГОСТ")
        self.groups: dict[str, Named] = {}
        self.brands: dict[str, Named] = {}
        for row in generate.products(count, seed):
            for named, found in ((self.groups, row["Category"]), (self.brands, row["Brand"])):
                named.setdefault(found or "", self._named(found or ""))

    def goods(self) -> Iterator[Good]:
        chance = random.Random(self.seed + 2)  # noqa: S311 - invented goods are no secret
        for row in generate.products(self.count, self.seed):
            filled = {name: value or "" for name, value in row.items()}
            price = round(float(filled["BasePrice"]) * 100)
            code = filled["Code"].replace(PREFIX, self.prefix, 1)
            total = int(float(filled["StockQuantity"]))
            yield Good(
                key=self._key(code),
                code=code,
                article=filled["Article"].strip(),
                name=filled["Name"],
                unit=filled["Unit"],
                brand=self.brands[filled["Brand"]],
                group=self.groups[filled["Category"]],
                country=filled["Country"],
                barcode=filled["Shtrix"],
                weight=filled["Weight"],
                description=" ".join(chance.choices(_SENTENCES, k=_SENTENCES_OF_A_GOOD)),
                is_deleted=filled["is_delete"] == "true",
                prices=tuple(_money(price * share // 100) for share in (100, 90, 70)),
                stock=(str(total - total // 3 - total // 5), str(total // 3), str(total // 5)),
            )

    def _named(self, name: str) -> Named:
        return Named(self._key(name), name)

    def _key(self, of: str) -> str:
        return str(uuid5(_NAMESPACE, f"{self.seed}/{of}"))


def _money(hundredths: int) -> str:
    return f"{hundredths // 100}.{hundredths % 100:02d}"
