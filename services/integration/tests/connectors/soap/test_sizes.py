"""Size and place decide nothing, and cost no memory."""

import gzip
import zlib
from collections.abc import AsyncIterator, Iterable, Iterator

import psutil
import pytest
from integration.connectors.soap import Cause, SourceError
from integration.connectors.soap.answer import AnswerReader
from integration.connectors.soap.batches import Batches
from integration.connectors.soap.decompression import decompressed
from integration.connectors.soap.rows import MOST_FIELDS
from integration.connectors.xml.cutting import LARGEST_VALUE, TextCutter

from .reading import answer, lists_of, read, refused, returned, row, rows

MEGABYTE = 2**20
BEGIN, END = answer("<m:return>|</m:return>").split("|")


def groups(count: int) -> str:
    return "".join(
        f"<m:Group><m:GroupCode>{n}</m:GroupCode><m:GroupName>x</m:GroupName></m:Group>" for n in range(count)
    )


BEFORE = {
    "groups": f"<m:Groups>{groups(20_000)}</m:Groups>",
    "groups beside": groups(20_000),
    "values": "".join(f"<m:Barcode>{number}</m:Barcode>" for number in range(50_000)),
    "one text": f"<m:Logo>{'R0lG' * 3 * MEGABYTE}</m:Logo>",
    "a comment": f"<!-- {'x' * 200_000} -->",
    "another list": f"<m:PriceTypes>{rows('PriceType', *map(str, range(5000)))}</m:PriceTypes>",
}


@pytest.mark.parametrize("before", BEFORE.values(), ids=BEFORE.keys())
@pytest.mark.parametrize("name", ["ProductItem", "Good"])
def test_rows_are_found_however_late_they_begin(before: str, name: str) -> None:
    found = read(returned(f"{before}<m:Goods>{rows(name, '1', '2', '3', Article='a')}</m:Goods>"), piece=60_000)
    assert (found.codes, found.rejected) == (["1", "2", "3"], [])


TEXT = "R0lGODlh" * (2 * MEGABYTE)
HUGE = {
    "text": TEXT,
    "cdata": f"<![CDATA[{TEXT}]]>",
    "cdata with markup": f"<![CDATA[<p title='x'>{TEXT}</p>{TEXT}]]>",
    "with a comment": f"{TEXT}<!-- {TEXT} -->{TEXT}",
    "with an instruction": f"{TEXT}<?x {TEXT}?>{TEXT}",
    "with references": "&amp;&#1;&#1071;" * MEGABYTE,
    "letters of two bytes": "ы" * 8 * MEGABYTE,
}


@pytest.mark.parametrize("value", HUGE.values(), ids=HUGE.keys())
def test_huge_value_of_a_field_that_nobody_knows_is_left_out(value: str) -> None:
    found = read(returned(row("ProductItem", "1", Photo=value) + row("ProductItem", "2")), piece=50_000)
    assert (found.codes, found.rejected) == (["1", "2"], [])
    assert found.outcome.warnings[0] == "1 field is not mapped: Photo (1 row)"


def test_huge_value_of_a_column_is_an_error_of_its_row() -> None:
    items = row("ProductItem", "1", Description=TEXT) + row("ProductItem", "2", Brand=TEXT) + row("ProductItem", "3")
    found = read(returned(items), piece=50_000)
    assert found.codes == ["3"]
    assert [problem.reason for problem in found.rejected] == [
        "The row is larger than 256 KB",
        "Brand is larger than 256 KB",
    ]


@pytest.mark.parametrize("size", [LARGEST_VALUE - 9, LARGEST_VALUE * 3])
def test_markup_stays_whole_when_a_text_is_cut(size: int) -> None:
    cutter = TextCutter(LARGEST_VALUE)
    document = f"<a><b t='>'>{'x' * size}</b><!--{'y' * size}--><c><![CDATA[{'z' * size}]]></c></a>".encode()
    kept = b"".join(cutter.feed(document[start : start + 5000]) for start in range(0, len(document), 5000))
    for part in (b"<a><b t='>'>x", b"x</b><!--y", b"y--><c><![CDATA[z", b"z]]></c></a>"):
        assert part in kept
    assert len(document) - len(kept) == cutter.dropped
    assert len(kept) < 4 * LARGEST_VALUE


def growth(pieces: Iterable[bytes]) -> tuple[float, object]:
    """By how many megabytes the process grows while it reads an answer, and what comes of it."""
    lists = lists_of()
    reader, batches = AnswerReader(lists), Batches(1000)
    process = psutil.Process()
    before = most = process.memory_info().rss
    ended: object = None
    try:
        for piece in pieces:
            batches.add(reader.feed(piece))
            list(batches.full())
            most = max(most, process.memory_info().rss)
        batches.add(reader.close())
        ended = [found.reason for batch in batches.rest() for found in batch.rejected]
    except SourceError as error:
        ended = error.cause
    return (max(most, process.memory_info().rss) - before) / MEGABYTE, ended


def repeated(begin: str, item: str, times: int, end: str) -> Iterator[bytes]:
    """An answer that is made while it is read."""
    yield (BEGIN + begin).encode()
    many = max(1, 60_000 // len(item))
    for _ in range(times // many):
        yield item.encode() * many
    yield (end + END).encode()


OPEN_ROW, CLOSE_ROW = "<m:ProductItem><m:Code>1</m:Code><m:Name>x</m:Name>", "</m:ProductItem>"
TOO_WIDE = [f"The row has more than {MOST_FIELDS} fields"]
HOSTILE = {
    "children of a row": (OPEN_ROW, "<x/>", 600_000, CLOSE_ROW, TOO_WIDE),
    "children with texts": (OPEN_ROW, f"<x>{'y' * 900}</x>", 100_000, CLOSE_ROW, TOO_WIDE),
    "grandchildren": (f"{OPEN_ROW}<m:Brand>", "<x/>", 600_000, f"</m:Brand>{CLOSE_ROW}", []),
    "rows of a row": (f"{OPEN_ROW}<m:Sub>", row("ProductItem", "2"), 20_000, f"</m:Sub>{CLOSE_ROW}", None),
    "large children": (OPEN_ROW, f"<x>{'y' * 59_000}</x>", 2000, CLOSE_ROW, Cause.TOO_LARGE),
    "attributes": (OPEN_ROW, f"<x y='{'z' * 59_000}'/>", 2000, CLOSE_ROW, Cause.TOO_LARGE),
    "children beside rows": (row("ProductItem", "1"), "<x/>", 600_000, "", []),
    "a text": (f"{OPEN_ROW}<m:Photo>", "R0lGODlh" * 1000, 10_000, f"</m:Photo>{CLOSE_ROW}", []),
    "an empty text": (row("ProductItem", "1"), " ", 30_000_000, "", []),
}


@pytest.mark.parametrize(("begin", "item", "times", "end", "ended"), HOSTILE.values(), ids=HOSTILE.keys())
def test_one_huge_row_does_not_fill_the_memory(begin: str, item: str, times: int, end: str, ended: object) -> None:
    grown, found = growth(repeated(begin, item, times, end))
    assert grown < 64, grown
    assert found == ended or ended is None


def wide(code: str, fields: int) -> str:
    """A row with as many fields, its code and its name among them."""
    return row("ProductItem", code, **{f"F{number}": "1" for number in range(fields - 2)})


LONG = f"<!-- {'x' * 70_000} -->"  # what follows is read as it comes, not kept for the choice of an encoding


@pytest.mark.parametrize("piece", [10, 10**6], ids=["in pieces", "at once"])
@pytest.mark.parametrize("before", ["", row("ProductItem", "1")], ids=["first", "later"])
def test_row_with_too_many_fields_is_an_error(before: str, piece: int) -> None:
    found = read(returned(LONG + before + wide("2", MOST_FIELDS + 1) + wide("3", MOST_FIELDS)), piece=piece)
    assert found.codes == (["1", "3"] if before else ["3"])
    assert [problem.reason for problem in found.rejected] == TOO_WIDE


def test_fault_without_end_is_reported_by_its_beginning() -> None:
    fault = "<soap:Fault><faultstring>Нет доступа</faultstring><detail>"
    body = answer("").split("<m:GetProductListResponse")[0] + fault
    pieces = [body.encode(), *[b"<x>y</x>" * 8000] * 200]
    grown, cause = growth(pieces)
    assert (cause, grown < 64) == (Cause.FAULT, True)


def test_lists_without_end_are_refused() -> None:
    assert refused(returned("".join(f"<m:L{n}>{row('Row', '1')}</m:L{n}>" for n in range(200)))).message == (
        "The answer holds more than 100 lists"
    )


async def inflated(body: bytes, piece: int, encoding: str = "gzip") -> bytes:
    async def pieces() -> AsyncIterator[bytes]:
        for start in range(0, len(body), piece):
            yield body[start : start + piece]

    return b"".join([data async for data in decompressed(pieces(), encoding)])


DATA = b"".join(b"%d;" % number for number in range(60_000))
MEMBERS = b"".join(gzip.compress(DATA[start : start + 7000]) for start in range(0, len(DATA), 7000))


@pytest.mark.parametrize("piece", [1, 7, 1000, 10**7])
@pytest.mark.parametrize(
    "behind", [b"", b"\0" * 3000, b"\r\n", b"garbage" * 100], ids=["nothing", "zeros", "line", "garbage"]
)
@pytest.mark.parametrize(
    "body",
    [MEMBERS, gzip.compress(DATA), gzip.compress(b"") + MEMBERS + gzip.compress(b"")],
    ids=["members", "one", "empty"],
)
async def test_gzip_is_read_as_other_clients_read_it(body: bytes, behind: bytes, piece: int) -> None:
    assert await inflated(body + behind, piece) == DATA


@pytest.mark.parametrize("piece", [1, 10**7])
async def test_zlib_is_read(piece: int) -> None:
    assert await inflated(zlib.compress(DATA), piece, "deflate") == DATA


@pytest.mark.parametrize("cut", [1, 10, 5000, len(MEMBERS) - 1])
async def test_gzip_that_breaks_off_is_an_error(cut: int) -> None:
    with pytest.raises(SourceError) as broken:
        await inflated(MEMBERS[:cut], 1000)
    assert broken.value.cause is Cause.TRUNCATED


@pytest.mark.parametrize("piece", [1, 7, 10**7])
@pytest.mark.parametrize("data", [b"", b"x", DATA], ids=["nothing", "short", "long"])
async def test_deflate_without_its_head_is_read(piece: int, data: bytes) -> None:
    bare = zlib.compressobj(wbits=-zlib.MAX_WBITS)
    assert await inflated(bare.compress(data) + bare.flush(), piece, "deflate") == data


@pytest.mark.parametrize("encoding", ["", "identity", "UTF-8", "none", "identity, utf-8"])
async def test_what_names_no_compression_is_read_as_it_is(encoding: str) -> None:
    assert await inflated(DATA, 1000, encoding) == DATA


async def test_gzip_next_to_what_names_no_compression_is_read() -> None:
    assert await inflated(gzip.compress(DATA), 1000, "identity, gzip") == DATA
