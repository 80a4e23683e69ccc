"""How much there is: files, lines, tests to code, what is too long, and what the linter is told to pass over."""

import ast
import io
import re
import tokenize
from collections import Counter
from collections.abc import Iterable, Iterator

from tests.counts.files import PARTS, File, code, files

MOST_LINES = 400
MOST_LINES_OF_A_FUNCTION = 60

Figures = dict[str, float]
_NOQA = re.compile(r"#\s*noqa:\s*(?P<codes>[A-Z]+[0-9]+(?:\s*,\s*[A-Z]+[0-9]+)*)")


def figures() -> Figures:
    return {
        **{name: value for part in PARTS for name, value in _part(part)},
        **_whole(),
        **dict(_long()),
        **_noqa("outside tests", code()),
        **_noqa("in tests", [file for file in files() if file.is_test and file.name.endswith(".py")]),
    }


def _part(part: str) -> Iterator[tuple[str, float]]:
    own = [file for file in files() if file.part == part and file.name.endswith(".py")]
    for kind, found in {
        "code": [file for file in own if file.is_code],
        "migrations": [file for file in own if file.is_migration and not file.is_test],
        "tests": [file for file in own if file.is_test],
    }.items():
        if found:
            yield f"{part}: files of {kind}", len(found)
            yield f"{part}: lines of {kind}", _lines(found)


def _whole() -> Figures:
    python = [file for file in files() if file.name.endswith(".py")]
    go = [file for file in files() if file.name.endswith(".go")]
    tests = _lines(file for file in python if file.is_test)
    return {
        "all: files of code": len(code()),
        "all: lines of code": _lines(code()),
        "all: lines of migrations": _lines(file for file in python if file.is_migration and not file.is_test),
        "all: lines of tests": tests,
        "all: tests to code": round(tests / _lines(code()), 3),
        "Go: lines of code": _lines(file for file in go if not file.name.endswith("_test.go")),
        "Go: lines of tests": _lines(file for file in go if file.name.endswith("_test.go")),
    }


def _lines(found: Iterable[File]) -> int:
    return sum(file.lines for file in found)


def _long() -> Iterator[tuple[str, float]]:
    python = [file for file in files() if file.name.endswith(".py") and not file.is_migration]
    yield f"modules above {MOST_LINES} lines", sum(file.lines > MOST_LINES for file in python)
    functions = sum(lines > MOST_LINES_OF_A_FUNCTION for file in python for _, lines in functions_of(file.tree))
    yield f"functions above {MOST_LINES_OF_A_FUNCTION} lines", functions


def functions_of(tree: ast.AST) -> Iterator[tuple[ast.FunctionDef | ast.AsyncFunctionDef, int]]:
    """Each function with its lines, from ``def`` to the last one."""
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node, (node.end_lineno or node.lineno) - node.lineno + 1


def _noqa(where: str, found: list[File]) -> Figures:
    counted = Counter(name for file in found for comment in passed_over(file.text) for name in comment)
    comments = sum(len(list(passed_over(file.text))) for file in found)
    return {f"noqa {where}": comments, **{f"noqa {where}: {name}": counted[name] for name in sorted(counted)}}


def passed_over(text: str) -> Iterator[list[str]]:
    """The rules that each ``noqa`` comment names; a text that only speaks of such a comment is none."""
    for token in tokenize.generate_tokens(io.StringIO(text).readline):
        if token.type == tokenize.COMMENT and (found := _NOQA.search(token.string)):
            yield re.split(r"\s*,\s*", found["codes"])
