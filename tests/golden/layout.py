"""JSON on many lines, and nothing else changed: blanks that the answer itself holds are shown."""

import re

_TOKENS = re.compile(r'"(?:[^"\\]|\\.)*"|[{}\[\],]|\s+|[^\s{}\[\],"]+')
_INDENT = "  "
_WIDTH = 140


def laid_out(text: str) -> str:
    """One line for each member; containers that are short, or that hold no others, stay on one line."""
    return _laid(_TOKENS.findall(text), 0)


def _laid(tokens: list[str], depth: int) -> str:
    if tokens[:1] not in (["{"], ["["]) or _closing(tokens) != len(tokens) - 1:
        return "".join(_shown(token) for token in tokens)
    whole = "".join(_shown(token) for token in tokens)
    if len(whole) <= _WIDTH and not (depth == 0 and tokens[0] == "{" and len(tokens) > 2):
        return whole
    inner = _INDENT * (depth + 1)
    members = [_member(member, depth + 1) for member in _members(tokens[1:-1])]
    return f"{tokens[0]}\n" + "\n".join(inner + member for member in members) + f"\n{_INDENT * depth}{tokens[-1]}"


def _members(tokens: list[str]) -> list[list[str]]:
    """The tokens of each member, the comma behind it among them."""
    members: list[list[str]] = [[]]
    level = 0
    for token in tokens:
        level += (token in "{[") - (token in "}]")
        members[-1].append(token)
        if token == "," and level == 0:
            members.append([])
    return members


def _member(tokens: list[str], depth: int) -> str:
    comma = tokens[-1] if tokens[-1:] == [","] else ""
    tokens = tokens[:-1] if comma else tokens
    start = next((place for place, token in enumerate(tokens) if token in "{["), len(tokens))
    head = "".join(_shown(token) for token in tokens[:start])
    return head + (_laid(tokens[start:], depth) if start < len(tokens) else "") + comma


def _closing(tokens: list[str]) -> int:
    """The place of the bracket that closes the first one; the number of tokens where none does."""
    level = 0
    for place, token in enumerate(tokens):
        level += (token in "{[") - (token in "}]")
        if level == 0:
            return place
    return len(tokens)


def _shown(token: str) -> str:
    return token if token.strip() else "".join("␣" if blank == " " else repr(blank)[1:-1] for blank in token)
