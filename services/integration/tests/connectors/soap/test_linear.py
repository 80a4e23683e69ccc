"""What reads foreign bytes takes time in proportion to them. Steps are counted where that can be done; elsewhere the
least of several times is compared, with room for a busy machine: work that grows with the square fails by far."""

import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from itertools import product

import pytest
from integration.connectors.soap import Cause, SourceError
from integration.connectors.soap.address import parse_url
from integration.connectors.soap.failures import html_instead, refused
from integration.connectors.soap.said import Said
from integration.connectors.soap.wsdl import _check_is_wsdl, _own_hosts
from integration.connectors.xml.control import ControlFilter
from integration.connectors.xml.cutting import TextCutter
from integration.connectors.xml.encoding import utf8
from integration.connectors.xml.parsing import after_prolog, root_name
from integration.mappings.cleaners import BadValue
from integration.mappings.targets import TARGETS

from .reading import answer, read

SMALL, TIMES = (1_250, 20_000), 16  # the square is found in short texts: in long ones it takes minutes
ROOM = 4  # how much more than in proportion is put down to the machine; the square would be TIMES

BITS = [
    "<", "<html><", "<html", "<title>", "<title", "<script", "<script>", "<!--", "<!---->", "<?", "<?x?>", "&", "&#",
    "&#1", "&#x", "&#1;", " ", "\n", "не ", "нет лицензи", "отсутству", "лицензия ", "no license", "по причине ", "]]>",
    "<a b='", '"', "<![CDATA[", "//", "//a@", "<x/>", "<a>", "</a>", "<x y='1'/>", "{", "[", "1,", "a,", "'", "=",
    "encoding=", "<?xml ", "\ufeff", "ы", "\x01", "-", "1", ".", "UEsD",
]  # fmt: skip


def page(text: str) -> object:
    return html_instead(f"<html>{text}".encode(), None)


def fault(text: str) -> object:
    safe = text.replace("&", "&amp;").replace("<", "&lt;").replace("\x01", "")
    body = f'<E xmlns="http://schemas.xmlsoap.org/soap/envelope/"><Body><Fault><faultstring>{safe}</faultstring>'
    return refused(500, f"{body}</Fault></Body></E>".encode(), None)


def clean_all(text: str) -> None:
    for targets in TARGETS.values():
        for cleaner in targets.columns.values():
            try:
                cleaner(text.strip() or "x")
            except BadValue:
                continue


def hear(text: str) -> None:
    for name in ("ErrorMessage", "Code", "Success", text):
        Said().add(name, text)


def filtered(text: str) -> object:
    return ControlFilter().feed(text.encode())


def cut(text: str) -> object:
    cutter = TextCutter(1000)
    body = text.encode()
    return [cutter.feed(body[start : start + 500]) for start in range(0, len(body), 500)]


def described(text: str) -> None:
    document = f"<a>{text}".encode()
    _own_hosts(document)
    _check_is_wsdl(document)


READERS: dict[str, Callable[[str], object]] = {
    "page": page,
    "error page": lambda text: refused(500, text.encode(), None),
    "head of a 401": lambda text: refused(401, b"", None, [text]),
    "fault": fault,
    "prolog": lambda text: (after_prolog(text.encode()), root_name(text.encode())),
    "encoding": lambda text: utf8(text.encode()),
    "declaration": lambda text: utf8(f"<?xml {text}".encode()),
    "characters": filtered,
    "long texts": cut,
    "what is said": hear,
    "values": clean_all,
    "answer": lambda text: read(answer(text), piece=50_000),
    "text of an answer": lambda text: read(answer(f"<m:return><![CDATA[{text}]]></m:return>"), piece=50_000),
    "json": lambda text: read(answer(f"<m:return><![CDATA[[{text}]]></m:return>"), piece=50_000),
    "wsdl": described,
    "address": lambda text: parse_url(f"http://{text}"),
}


def cost(work: Callable[[str], object], text: str, tries: int) -> float:
    """The least CPU time of several tries, in seconds."""
    least = float("inf")
    for _ in range(tries):
        started = time.thread_time()
        with suppress(SourceError):
            work(text)
        least = min(least, time.thread_time() - started)
    return least


@pytest.mark.parametrize("work", READERS.values(), ids=READERS.keys())
def test_time_grows_no_faster_than_the_input(work: Callable[[str], object]) -> None:
    for small, bit in product(SMALL, BITS):
        ratio = growth(work, bit, small)
        assert ratio <= ROOM, f"{bit!r} of {small} letters, and {TIMES} times as many"


def growth(work: Callable[[str], object], bit: str, small: int) -> float:
    """How many times more than in proportion TIMES as much takes."""
    ratio = 0.0
    for _ in range(4):  # a machine that was busy is asked again; work that grows too fast never passes
        base = max(cost(work, bit * (small // len(bit)), 3), 0.001)
        ratio = cost(work, bit * (small * TIMES // len(bit)), 1) / base / TIMES
        if ratio <= ROOM:
            break
    return ratio


LOOKED_AT = 4096
REFUSALS: dict[str, tuple[Callable[[str], object], str]] = {
    "page": (lambda text: html_instead(f"<html>{text}".encode(), None), "no license"),
    "error page": (lambda text: refused(500, text.encode(), None), "no license"),
    "fault": (fault, "no license"),
    "head of a 401": (lambda text: refused(401, b"", None, [f"NTLM {text}"]), ", Basic"),
}


@pytest.mark.parametrize(("work", "word"), REFUSALS.values(), ids=REFUSALS.keys())
def test_only_the_beginning_of_a_refusal_is_looked_at(work: Callable[[str], object], word: str) -> None:
    def told(before: int) -> tuple[str, Cause]:
        error = work(" " * before + word)
        assert isinstance(error, SourceError)
        assert len(error.detail) <= LOOKED_AT
        return error.message, error.cause

    assert told(LOOKED_AT - 100) != told(LOOKED_AT) == told(LOOKED_AT * 10)


PEAK = """
from resource import RUSAGE_SELF, getrusage
from integration.connectors.xml.encoding import utf8
from integration.connectors.xml.parsing import after_prolog
before = getrusage(RUSAGE_SELF).ru_maxrss
for bit in (b" ", b"\\xef\\xbb\\xbf", b"<?x?>"):
    beginning = bit * (4_000_000 // len(bit))
    after_prolog(beginning)
    utf8(beginning)
print((getrusage(RUSAGE_SELF).ru_maxrss - before) // 1024)
"""


def test_what_stands_before_a_document_takes_little_memory() -> None:
    """A process of its own: the most that this one ever took is of other tests."""
    ended = subprocess.run([sys.executable, "-c", PEAK], capture_output=True, check=True)
    assert int(ended.stdout) < 64
