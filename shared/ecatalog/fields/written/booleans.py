"""Yes and no, in the words of Russian, Uzbek and English, of 1C and of spreadsheets."""

import re
import unicodedata

from ecatalog.fields.written.signs import evenly_spaced, seen

_TRUE = (
    "1", "true", "t", "yes", "y", "on", "active",
    "да", "истина", "активен", "активна", "активно", "активный",
    "ha", "xa", "ҳа", "ха", "faol", "фаол",
)  # fmt: skip
# The Uzbek "no" also as it is typed without Uzbek letters, and in the alphabet of 2023.
_FALSE = (
    "0", "false", "f", "no", "n", "off", "inactive",
    "нет", "ложь", "неактивен", "неактивна", "неактивно", "неактивный",
    "yoq", "yöq", "yõq", "yŏq", "yóq", "йўқ", "йўк", "йуқ", "йук", "nofaol", "нофаол",
)  # fmt: skip
_WORDS = dict.fromkeys(_TRUE, True) | dict.fromkeys(_FALSE, False)

_APOSTROPHES = re.compile(
    "['`\u00b4\u0300\u0301\u2018\u2019\u201b\u02b9-\u02bf\u02c8\u02ca\u02cb\u2032\u2035\ua78b\ua78c\uff07\uff40]"
)


def read_boolean(text: str) -> bool:
    """Return the boolean that a word means. Raises ValueError for any other word."""
    known = _WORDS.get(text)
    if known is None:
        known = _WORDS.get(_plain(text))
    if known is None:
        raise ValueError("neither yes nor no")
    return known


def _plain(text: str) -> str:
    letters = _APOSTROPHES.sub("", unicodedata.normalize("NFC", seen(text)))
    return evenly_spaced(unicodedata.normalize("NFKC", letters)).casefold()
