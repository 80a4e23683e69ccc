"""Products and clients of an Uzbek distributor are invented; the same seed gives the same rows."""

import random
from collections.abc import Iterator

# name in Russian, in Uzbek Latin, in Uzbek Cyrillic; category; unit; price in sum; sold by weight
_GOODS = (
    ("Молоко", "Sut", "Сут", "Молочные продукты", "шт", 12_000, False),
    ("Шоколад молочный", "Sutli shokolad", "Сутли шоколад", "Кондитерские изделия", "шт", 14_500, False),
    ("Сахар", "Shakar", "Шакар", "Бакалея", "кг", 13_000, True),
    ("Мука пшеничная", "Bug‘doy uni", "Буғдой уни", "Бакалея", "кг", 6_500, True),
    ("Рис лазер", "Lazer guruch", "Лазер гуруч", "Бакалея", "кг", 22_000, True),
    ("Масло хлопковое", "Paxta yog‘i", "Пахта ёғи", "Масложировая продукция", "л", 18_000, False),
    ("Чай зелёный №95", "Ko‘k choy №95", "Кўк чой №95", "Чай и кофе", "уп", 9_500, False),
    ("Чай чёрный", "Qora choy", "Қора чой", "Чай и кофе", "уп", 11_000, False),
    ("Вода минеральная", "Mineral suv", "Минерал сув", "Напитки", "шт", 4_500, False),
    ("Сок гранатовый", "Anor sharbati", "Анор шарбати", "Напитки", "шт", 19_000, False),
    ("Печенье «Юбилейное»", "«Yubiley» pechenyesi", "«Юбилей» печеньеси", "Кондитерские изделия", "кг", 32_000, True),
    ("Томатная паста", "Tomat pastasi", "Томат пастаси", "Консервы", "шт", 10_500, False),
    ("Мыло хозяйственное", "Kir sovun", "Кир совун", "Бытовая химия", "шт", 5_000, False),
    ("Порошок стиральный", "Kir yuvish kukuni", "Кир ювиш кукуни", "Бытовая химия", "уп", 36_000, False),
    ("Шампунь", "Shampun", "Шампунь", "Гигиена", "шт", 28_500, False),
    ("Бумага туалетная", "Hojatxona qog‘ozi", "Ҳожатхона қоғози", "Гигиена", "уп", 16_000, False),
)
_BRANDS = (
    "Musaffo",
    "Nestle",
    "Lacta Zor",
    "Ўзбегим",
    "O‘zbegim",
    "Краснодарский",
    "Шедевр",
    "Biola",
    "Dinay",
    "Ахмад",
)
_SUPPLIERS = ('ООО "Восток Трейд"', "Oq Yo‘l Savdo MChJ", '"Sharq Distribution" XK', "ИП Каримов А. А.")
_COUNTRIES = (("UZ", "Узбекистан"), ("UZ", "O‘zbekiston"), ("RU", "Россия"), ("KZ", "Казахстан"), ("TR", "Турция"))
_SIZES = ("200 г", "250 г", "450 г", "0,5 л", "1 л", "1.5 л", "1 кг", "5 кг", "12 шт", "24x100 гр")
_REGIONS = (
    ("T01", "Тошкент шаҳри", "Toshkent", "Yunusobod"),
    ("T01", "Тошкент шаҳри", "Ташкент", "Чиланзар"),
    ("S02", "Самарқанд вилояти", "Samarqand", "Registon"),
    ("B03", "Бухоро вилояти", "Бухара", "Центр"),
    ("F04", "Фарғона вилояти", "Farg‘ona", "Qo‘qon"),
)
_SHOPS = ("Магазин", "Do‘kon", "Дўкон", "Супермаркет", "Минимаркет", "Savdo markazi")
_OWNERS = ("Дилноза", "Aziz", "Барака", "Umid", "Навруз", "Шахло", "Oqtepa", "Гулистан", "Bek Baraka", "Нур")


def products(count: int, seed: int = 1) -> Iterator[dict[str, str | None]]:
    chance = random.Random(seed)  # noqa: S311 - invented goods are no secret
    for number in range(1, count + 1):
        *names, category, unit, price, by_weight = chance.choice(_GOODS)
        brand, size = chance.choice(_BRANDS), chance.choice(_SIZES)
        country_code, country = chance.choice(_COUNTRIES)
        base = price * chance.randint(60, 180) // 100
        yield {
            "Code": f"00-{number:08d}",
            "Name": f"{chance.choice(names)} {brand} {size} {number}",
            "Article": f"ART-{seed}{number:06d}   ",  # 1C pads texts of a fixed length
            "roditel": category,
            "Unit": unit,
            "Brand": brand,
            "suplier": chance.choice(_SUPPLIERS),
            "Category": category,
            "CountryCode": country_code,
            "Country": country,
            "Seria": None,
            "Shtrix": f"478{number:010d}",
            "LabelText": f"{names[0]} {brand}",
            "Description": "" if number % 3 else f"{names[0]}, {size}. Хранить в сухом месте.",
            "BasePrice": f"{base}.{chance.choice(('00', '50'))}",
            "SalePrice": f"{base * 110 // 100}",
            "Currency": "UZS",
            "StockQuantity": f"{chance.randint(0, 5000)}.{chance.randint(0, 99):02d}"
            if by_weight
            else f"{chance.randint(0, 900)}",
            "Weight": f"0.{chance.randint(100, 999)}",
            "is_delete": "true" if number % 97 == 0 else "false",
            "is_active": "true",
        }


def clients(count: int, seed: int = 1) -> Iterator[dict[str, str | None]]:
    chance = random.Random(seed + 1)  # noqa: S311 - invented shops are no secret
    for number in range(1, count + 1):
        region_code, region_name, city, district = chance.choice(_REGIONS)
        name = f"{chance.choice(_SHOPS)} «{chance.choice(_OWNERS)}» {number}"
        yield {
            "Code": f"К-{number:06d}",
            "Name": name,
            "Email": f"shop{number}@example.uz" if number % 2 else "",
            "Phone": f"+99890{chance.randint(1000000, 9999999)}",
            "Description": "",
            "CompanyName": f"{name} MChJ",
            "INN": f"{chance.randint(200000000, 309999999)}",
            "LegalAddress": f"{city}, {district}, {chance.randint(1, 120)}-uy",
            "City": city,
            "Region": district,
            "Country": "Uzbekistan",
            "CreditLimit": f"{chance.randint(0, 50)}000000.00",
            "Currency": "UZS",
            "EmployeeCount": f"{chance.randint(1, 40)}",
            "EstablishedDate": "0001-01-01T00:00:00"
            if number % 5 == 0
            else f"{chance.randint(1998, 2025)}-03-21T00:00:00",
            "Rating": f"{chance.randint(10, 50) / 10}",
            "BussinesRegionCode": region_code,
            "BussinesRegionName": region_name,
            "is_delete": "false",
            "is_active": "true",
        }
