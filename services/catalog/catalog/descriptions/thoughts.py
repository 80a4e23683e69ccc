"""Takes the thoughts of a model out of its answer, whatever notation marks them."""

import re

from catalog.descriptions.failures import RowFailed

ENDLESS = "the model's thoughts have no end, so nobody can tell its answer from them"
ALOUD = "the model thought aloud instead of answering"

# <think>, </think>, [THINK], <|begin_of_thought|>, <seed:think>, ◁think▷, and the same escaped
_OPENING = "<\\[{\uff1c\u2039\u25c1\u3008\u300a\u27e8\u300c"
_CLOSING = ">\\]}\uff1e\u203a\u25b7\u3009\u300b\u27e9\u300d"
_MARK = re.compile(f"(?:[{_OPENING}]|&lt;)([^{_OPENING}{_CLOSING}&\n]{{1,100}})(?:[{_CLOSING}]|&gt;)")
# By its letters alone. Nobody folds a part of a description away, but chat windows fold thoughts.
_OF_THOUGHTS = re.compile(
    "(?:start|begin|end)?(?:of)?(?:seed|ant|antml|inner|internal|my)?"
    "(?:think(?:ing)?|thoughts?|reason(?:ing)?|reflect(?:ion)?|scratch(?:pad)?|monologue|analysis|rationale|cot"
    "|chainofthoughts?|deliberation|plan(?:ning)?|internal|details)(?:content|process|trace|steps?|monologue)?"
    "(?:start|begin|end)?"
)
_FINAL = re.compile(r"<\|channel\|?>\s{0,3}final\b|<channel\|>|<unused95>")
_ASIDE = re.compile(r"<\|channel\|?>|<unused94>")
_BARE_FINAL, _BARE_ASIDE = "assistantfinal", re.compile(r"\s*analysis(?=[A-Z])")
_LABEL = r"[#>*_\s-]{0,12}"
_THOUGHTS_LABEL = re.compile(
    _LABEL
    + r"(?:my )?(?:think(?:ing)?|thoughts?|reasoning|thought process|chain of thought|analysis|internal monologue"
    r"|рассуждени[ея]|размышлени[ея]|ход мыслей|анализ|мысли|fikrlash|mulohaza|fikrlar|tahlil)"
    r"(?: process| steps?)?[*_ .\u2026]{0,6}(?::|\n)",
    re.IGNORECASE,
)
_ANSWER_LABEL = re.compile(
    rf"^{_LABEL}(?:(?:the |final |product |my ){{0,3}}(?:answer|description|output|response|result|html)"
    r"|(?:итоговый |окончательный |финальный )?(?:ответ|описание|результат)|(?:yakuniy )?(?:javob|tavsif|natija))"
    r"[*_ ]{0,6}(?::[*_ ]{0,6}|$)",
    re.IGNORECASE | re.MULTILINE,
)
_ALOUD = re.compile(
    r"(?:(?:okay|ok|alright|all right|hmm+|wait|so|well|now|good|great|right)[\s,.!\u2026-]{1,5}){0,3}"
    r"(?:the (?:user(?! (?:manual|guide))|task|instructions?|prompt)\b|user (?:wants|asks|needs)\b|thinking process\b"
    r"|(?:we|i) (?:need to|have to|must|should|want to|am asked|are asked)\b|(?:i|we)['\u2019]ll\b|i['\u2019]?m asked"
    r"|i will\b|let me\b|let['\u2019]?s (?:think|see|write|start|break|craft|draft|look)|first,? (?:i|we|let)\b"
    r"|my (?:task|job)\b|пользователь (?:хочет|просит|дал|указал)|мне нужно\b|нужно (?:написать|составить)"
    r"|я должен\b|давайте (?:подума|посмотр|состав|напиш|разбер)|моя задача"
    r"|foydalanuvchi\b|menga .{0,60}kerak|men .{0,60}(?:kerak|yozishim)\b)",
    re.IGNORECASE,
)


def without_thoughts(text: str) -> str:
    """Return the text without thoughts; raises :class:`RowFailed` where nothing marks their end."""
    kept: list[str] = []
    place, thinking = 0, False
    text = _final_channel(text)
    for found in _MARK.finditer(text):
        closes = _closes(found[1])
        if closes is None:
            continue
        if not thinking:
            kept.append(text[place : found.start()])
        if closes and not thinking:
            kept.clear()  # only the end is marked: what stood before was thought
        thinking, place = not closes, found.end()
    if thinking:
        raise RowFailed(ENDLESS)
    return _below_label("".join([*kept, text[place:]]))


def is_of_thoughts(name: str) -> bool:
    """Return whether a tag, a bracket or a fence of this name holds thoughts."""
    return _OF_THOUGHTS.fullmatch(re.sub("[^a-z]", "", name.lower())) is not None


def require_no_thought(words: str) -> None:
    """Raise :class:`RowFailed` if the visible text of an answer starts like thoughts that nothing marks."""
    if _ALOUD.match(words) or _THOUGHTS_LABEL.match(words):
        raise RowFailed(f"{ALOUD}: {words[:200]}")


def _final_channel(text: str) -> str:
    """Return the final channel: some models name one for each part, whose name runs into the text without its marks."""
    if _BARE_ASIDE.match(text):
        before, _, after = text.rpartition(_BARE_FINAL)
        if not before:
            raise RowFailed(ENDLESS)
        return after
    finals = [found.end() for found in _FINAL.finditer(text)]
    if finals:
        return text[finals[-1] :]
    if _ASIDE.search(text):
        raise RowFailed(ENDLESS)
    return text


def _closes(mark: str) -> bool | None:
    """Return whether a mark ends thoughts, None for one that has nothing to do with them."""
    if mark.startswith("!"):
        return None
    for name in (mark.strip(" |\uff5c/\\").partition(" ")[0], mark):
        if is_of_thoughts(name):
            letters = re.sub("[^a-z]", "", name.lower())
            return letters.startswith("end") or letters.endswith("end") or mark.lstrip(" |\uff5c")[:1] in {"/", "\\"}
    return None


def _below_label(text: str) -> str:
    """Return what stands below the last label of ``Reasoning: ... Answer: ...``."""
    if not _THOUGHTS_LABEL.match(text):
        return text
    labels = list(_ANSWER_LABEL.finditer(text))
    if not labels:
        raise RowFailed(ENDLESS)
    return text[labels[-1].end() :]
