"""Takes off the small talk of a model: what it says about its answer, before and after it."""

import re

_APOSTROPHE = "['\u2018\u2019\u02bb\u02bc`]?"
_SURE = (
    r"(?:sure(?: thing)?|certainly|of course|absolutely|okay|ok|alright|all right|got it|understood|no problem"
    r"|happy to help|gladly|конечно|разумеется|ладно|понял|понятно|с удовольствием|готово"
    rf"|albatta|xo{_APOSTROPHE}p|mayli|tushunarli|marhamat|jonim bilan|tayyor)"
)
# What may praise the product as well, unless more such talk follows.
_PRAISE = r"(?:great|good|perfect|yes|хорошо|отлично|прекрасно|да|yaxshi|zo{}r|ha)".replace("{}", _APOSTROPHE)
_NAMES = (
    r"(?:(?:the |your |a |short |product |client |company |final |html |uzbek |russian |english ){0,4}"
    r"(?:description|answer|output|response|result|html|text|assistant)"
    r"|(?:краткое |готовое |итоговое )?(?:описание|ответ|результат)(?: товара| продукта| клиента| компании)?"
    r"|(?:mahsulot(?:ning)? |mijoz(?:ning)? |qisqa |tayyor )?(?:tavsif|tavsifi|javob|natija|matn)"
    r"|(?:маҳсулот |қисқа )?(?:тавсиф|тавсифи|жавоб))"
)
# Ends with a colon, so that a sentence which only begins alike stays.
_POINTS = (
    r"(?:here(?:['\u2019]s| is| are| it is| you go)|below is|the following is|this is"
    r"|i(?:['\u2019]ve| have) (?:written|prepared)|вот|ниже|привожу|предлагаю|представляю"
    r"|mana|quyida|quyidagi|bu yerda|мана|қуйида)\b"
)
# Within a description only what names the answer is surely about it: "This is it: the best tea" is about the tea.
_ANSWER = (
    r"(?:descriptions?|answer|response|text|html|version|result|output|описани[ея]|ответ|текст|вариант|результат"
    r"|tavsif|javob|matn|natija|variant|тавсиф|жавоб|матн)"
)
_LEAD = rf"{_POINTS}(?:[^:<>\n]{{0,150}}\b{_ANSWER}[^:<>\n]{{0,100}}|(?: it| you go)?[\s*_]{{0,5}}):"
_LOOSE_LEAD = re.compile(rf"[\s*_#>]{{0,9}}{_POINTS}[^:<>\n]{{0,150}}:[*_ ]{{0,5}}(?=\n|\Z)", re.IGNORECASE)
_STYLE = r"[\s*_#>]{0,9}"
_STOP = r"(?:\s{0,3}[!,.:]{1,3}|\s{1,3}[\u2014\u2013-](?=\s))"
# A brand stands before a dash or a colon, too.
_BARE_STOP = r"\s{0,3}(?:[!,.]{1,3}|:(?=\s{0,9}(?:\n|\Z)))"
_INTRODUCED = rf"(?:{_LEAD}|{_NAMES}[\s*_]{{0,5}}:){_STYLE}"
_BEFORE = re.compile(
    rf"{_STYLE}(?:{_SURE}(?:{_STOP}{_STYLE}{_INTRODUCED}|{_BARE_STOP}{_STYLE})|(?:{_PRAISE}{_STOP}{_STYLE})?{_INTRODUCED})",
    re.IGNORECASE,
)
_ONLY_NAME = re.compile(rf"[\s*_#>]{{0,9}}{_NAMES}[\s*_:.]{{0,9}}", re.IGNORECASE)
_AFTER = re.compile(
    r"[\s*_(\[>-]{0,9}(?:(?:i )?hope (?:this|that|it)\b|(?:please )?(?:let me know|feel free|note that)"
    r"|if you(?:['\u2019]d| would| need| want| have| require)\b.{0,150}"
    r"\b(?:let me|ask|tell|adjust|chang|modif|help|assist)"
    r"|is there anything|shall i\b|can i help|word count"
    r"|this (?:description|text|html) (?:is|was|uses|avoids|follows|keeps|meets|contains|adheres)"
    r"|если (?:вам |вы |нужно|хотите|потребу|требу|необходимо).{0,150}"
    r"(?:дайте|сообщите|напишите|обращ|помо|измен|допол|готов)"
    r"|дайте (?:мне )?знать|сообщите|обращайтесь|буду рад|количество слов"
    rf"|agar .{{0,150}}(?:yordam|o{_APOSTROPHE}zgartir|tuzat|savol|ayting|so{_APOSTROPHE}rang|yozing|xabar)"
    rf"|savol(?:lar)?(?:ingiz)? bo{_APOSTROPHE}lsa|yana yordam|so{_APOSTROPHE}zlar soni)",
    re.IGNORECASE,
)
# What a shop may say to its buyers as well.
_PERHAPS_AFTER = re.compile(
    r"[\s*_(\[>-]{0,9}(?:would you like|do you want|(?:i )?hope you\b|\d{1,4} words\b"
    r"|this version (?:is|was|uses|avoids|follows|keeps|meets|contains|adheres)"
    r"|i(?:['\u2019]ve| have)? (?:kept|written|avoided|used|made|included|omitted|tried|did not|didn['\u2019]t)\b"
    r"|надеюсь|хотите, чтобы|нужно ли|umid qilaman|xohlaysizmi)",
    re.IGNORECASE,
)
_NOTE = re.compile(r"[\s*_(\[>-]{0,9}(?:notes?|примечание|eslatma|izoh)[*_]{0,5}:", re.IGNORECASE)
_SENTENCES = re.compile(r"(?<=[.!?\u2026])\s+")


def without_lead(text: str) -> str:
    """Take off what a model says before its answer, in the same line or in one of its own."""
    found = _BEFORE.match(text)
    return text[found.end() :] if found else text


def without_loose_lead(text: str) -> str:
    """Do the same outside of HTML, where any line that points at what follows is talk."""
    found = _LOOSE_LEAD.match(text)
    return text[found.end() :] if found else without_lead(text)


def is_lead(words: str, *, is_loose: bool = False) -> bool:
    """Return whether all of it is such talk, or a heading of what follows; ``is_loose``: outside of a description."""
    without = without_loose_lead if is_loose else without_lead
    return not without(words).strip(" *_#:.!") or _ONLY_NAME.fullmatch(words) is not None


def is_remark(words: str, *, is_loose: bool = False) -> bool:
    """Return whether a text starts like the remarks of models after their answer."""
    return _AFTER.match(words) is not None or (is_loose and _PERHAPS_AFTER.match(words) is not None)


def is_note(words: str, *, is_first: bool) -> bool:
    """Return whether a text may be about the product or about the answer, by its start or its last sentence.

    What a description begins with (``is_first``) is no remark after it.
    """
    begins = [0, *(found.end() for found in _SENTENCES.finditer(words))]
    places = {0, begins[-1]} - ({0} if is_first else set())
    return _NOTE.match(words) is not None or any(_PERHAPS_AFTER.match(words, place) for place in places)


def without_remark(text: str, *, is_loose: bool = False) -> str:
    """Take off the sentences at the end of plain text that are such talk."""
    begins = [found.end() for found in _SENTENCES.finditer(text)]
    while begins and is_remark(text[begins[-1] :], is_loose=is_loose):
        text = text[: begins.pop()].rstrip()
    return text
