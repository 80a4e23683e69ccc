"""Takes off the marks that separate the turns of a conversation, which servers should not let through."""

import re

from catalog.descriptions.failures import RowFailed

STRANGE = "the answer holds {mark!r}, which is no HTML; nobody can tell what of it is the description"

# <|im_end|>, <｜end▁of▁sentence｜>, <|assistant, <end_of_turn>, [INST], <<SYS>>, and the two that look like HTML.
_MARK = re.compile(
    "<[|\uff5c][^<>\n]{1,60}>|<[^<>\n/ |\uff5c]{1,60}[|\uff5c]>|<<?/?SYS>>?|\\[/?(?:INST|EOS|BOS|gMASK|PAD|UNK|SEP|CLS|"
    "SYSTEM_PROMPT|AVAILABLE_TOOLS)\\]|</?(?:bos|eos|pad|unk|sep|cls|mask|eot|eod|start_of_turn|end_of_turn|"
    "start_of_text|end_of_text|endoftext|im_start|im_end|unused\\d{1,4}|eos_token|bos_token|0x[0-9A-Fa-f]{2})>",
    re.IGNORECASE,
)
_ENDS = frozenset({
    "imend", "eotid", "eomid", "eot", "eom", "eod", "eos", "eostoken", "endoftext", "end", "return", "endofturn",
    "endofturntoken", "endofsentence", "endresponse", "endofsolution", "imsep", "pad", "diffmarker",
})  # fmt: skip
_ROLE = re.compile(r"\s*(?:assistant|model|bot|ai|final|sop)\b\s*:?", re.IGNORECASE)
_ECHO = "[/INST]"
_STRIKE = re.compile("</?s>")


def without_marks(text: str) -> str:
    """Return the turn of the model; raises :class:`RowFailed` where a mark stands within it."""
    text = _without_strikes(text.strip())
    before, mark, after = text.rpartition(_ECHO)
    text = (after if after.strip() else before) if mark else text
    text = _begun(text)
    for found in _MARK.finditer(text):
        if re.sub("[^a-z]", "", found[0].lower()) not in _ENDS:
            raise RowFailed(STRANGE.format(mark=found[0]))
        return text[: found.start()].strip()
    return text


def _begun(text: str) -> str:
    """Take off the marks before a text, and the role that they name."""
    while found := _MARK.match(text):
        text = text[found.end() :]
        role = _ROLE.match(text)
        if role and (text[role.end() :].startswith(("<", "\n")) or role[0].endswith((":", "\n"))):
            text = text[role.end() :]
        text = text.lstrip()
    return text


def _without_strikes(text: str) -> str:
    """Take off the marks of start and end that look like struck-out text in some models."""
    opened, closed = text.count("<s>"), text.count("</s>")
    if text.startswith("<s>") and (opened > closed or (opened == closed and text.endswith("</s>"))):
        text = text[3:].strip()
    depth = 0
    for found in _STRIKE.finditer(text):
        depth += 1 if found[0] == "<s>" else -1
        if depth < 0:
            return text[: found.start()].strip()
    return text
