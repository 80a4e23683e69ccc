"""A file takes time in proportion to its size, and memory in proportion to nothing."""

import subprocess
import sys
import time

import pytest
from integration.connectors.commerceml.rows import STREAMS
from integration.connectors.commerceml.source import CommerceMLSource
from integration.connectors.errors import SourceError

from .building import catalogue, classifier, document, file, package

SMALL, TIMES, ROOM = 8_000, 16, 4
AROUND = {
    "nothing": "{}",
    "root": file("{}"),
    "group": file(classifier("<Группы><Группа>{}</Группа></Группы>")),
    "words": file(classifier("<Свойства><Свойство><ВариантыЗначений>{}</ВариантыЗначений></Свойство></Свойства>")),
    "good": file(catalogue("<Товар><Ид>1#2</Ид>{}</Товар>")),
    "goods": file(catalogue("{}")),
    "offer": file(package("<Предложение><Ид>1</Ид>{}</Предложение>")),
}
BITS = [
    "<a/>", "<a>б</a>", "<", "&", "&#1;", " ", "б", "\x01", ")", "<Значение>x</Значение>", "<Ид>1</Ид>", "<Цены/>",
    "<Картинка>x</Картинка>", "<Группа/>", "<Группа><Ид>1</Ид></Группа>", "<Склад ИдСклада='1'/>", "<Товар/>",
    "<Товар><Ид>1#2</Ид></Товар>", "<Остатки><Количество>1</Количество></Остатки>", "<Наименование>((</Наименование>",
    "<ЗначенияСвойств><a><Ид>1</Ид><Значение>2</Значение></a></ЗначенияСвойств>", "<?x?>", "<!-- -->", "<Каталог/>",
]  # fmt: skip


def cost(content: bytes) -> float:
    source = CommerceMLSource([document(content)])
    started = time.thread_time()
    try:
        for _ in source.batches(STREAMS):
            pass
    except SourceError:
        pass
    return time.thread_time() - started


@pytest.mark.parametrize("around", AROUND.values(), ids=AROUND.keys())
def test_time_grows_no_faster_than_the_file(around: str) -> None:
    for bit in BITS:
        ratio = growth(around, bit)
        assert ratio <= ROOM, f"{bit!r}, and {TIMES} times as many"


def growth(around: str, bit: str) -> float:
    small, large = (around.replace("{}", bit * (size // len(bit))).encode() for size in (SMALL, SMALL * TIMES))
    ratio = 0.0
    for _ in range(4):  # a machine that was busy is asked again
        base = max(min(cost(small) for _ in range(3)), 0.001)
        ratio = cost(large) / base / TIMES
        if ratio <= ROOM:
            break
    return ratio


PEAK = """
import io
from resource import RUSAGE_SELF, getrusage
from integration.connectors.commerceml.source import CommerceMLSource
from integration.connectors.commerceml.rows import STREAMS
from integration.connectors.errors import SourceError
from integration.connectors.files.document import Document

class Endless(io.RawIOBase):
    def __init__(self, head, bit, size):
        self.rest, self.bit, self.size = head, bit, size
    def read(self, size=-1):
        while len(self.rest) < size and self.size > 0:
            self.rest += self.bit * (size // len(self.bit) + 1)
            self.size -= size
        piece, self.rest = self.rest[:size], self.rest[size:]
        return piece

before = getrusage(RUSAGE_SELF).ru_maxrss
for head, bit in HEADS:
    document = Document("a.xml", lambda: Endless(head.encode(), bit.encode(), 16_000_000))
    try:
        for batch in CommerceMLSource([document]).batches(STREAMS):
            pass
    except SourceError as error:
        print(error.message)
print((getrusage(RUSAGE_SELF).ru_maxrss - before) // 1024)
"""
HEADS = [
    ("<Каталог><Товары>", "<Товар><Ид>1</Ид><Картинка>x</Картинка></Товар>"),
    ("<Каталог><Товары>", "<a/>"),
    ("<Каталог><Товары><Товар>", "<a/>"),
    ("<Каталог>", "<!-- -->  "),
    ("<Каталог>", "слово "),
    ("<Классификатор><Группы><Группа>", "<Нечто>слово</Нечто>"),
]


def test_memory_does_not_grow_with_the_file() -> None:
    """A process of its own: the most that this one ever took is of other tests."""
    ended = subprocess.run(
        [sys.executable, "-c", f"HEADS = {HEADS!r}\n{PEAK}"], capture_output=True, check=True, text=True
    )
    assert int(ended.stdout.splitlines()[-1]) < 64  # MB; the tree of such a file takes many times its 16 MB
