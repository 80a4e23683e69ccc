"""Currencies as bases write them, and the codes that the catalog knows them by."""

from functools import lru_cache

LONGEST = 10

_CODES = {
    "UZS": ("сум", "сўм", "so'm", "сумы", "860"),
    "RUB": ("rur", "руб", "рубль", "рублей", "р", "₽", "643", "810"),
    "USD": ("$", "долл", "доллар", "доллар сша", "840"),
    "EUR": ("€", "евро", "978"),
    "UAH": ("грн", "гривна", "гривня", "₴", "980"),
    "KZT": ("тенге", "тг", "₸", "398"),
    "KGS": ("сом", "417"),
    "TJS": ("сомони", "972"),
    "BYN": ("byr", "бел. руб", "бел.руб", "933"),
}
_CODE_OF = {name: code for code, names in _CODES.items() for name in names}
_APOSTROPHES = dict.fromkeys(map(ord, "’‘ʼʻ`"), "'")


@lru_cache(maxsize=1000)
def currency_code(text: str) -> str | None:
    """Return the code of a currency; one that is not known stays as it is, unless it fits no column."""
    name = text.strip().rstrip(".").lower().translate(_APOSTROPHES)
    code = _CODE_OF.get(name, text.strip().upper())
    return code if 0 < len(code) <= LONGEST else None
