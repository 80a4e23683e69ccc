"""Chunks of a large workbook: where they are cut, and how many wait to be written."""

import asyncio

from catalog.imports.chunking import CHUNK, CHUNK_BYTES, WAITING_BYTES, BoundedQueue, Chunker, LineChunk
from ecatalog.testing.client import until


def cut(lines: list[bytes], at_once: int) -> list[list[bytes]]:
    made = Chunker()
    pieces = [lines[start : start + at_once] for start in range(0, len(lines), at_once)]
    chunks = [chunk for piece in pieces for chunk in made.whole(piece)] + [made.last()]
    assert [chunk.number for chunk in chunks] == list(range(len(chunks)))
    assert [chunk.size for chunk in chunks] == [sum(map(len, chunk.lines)) for chunk in chunks]
    return [chunk.lines for chunk in chunks]


def test_chunks_are_cut_at_the_same_lines_however_many_come_at_once() -> None:
    lines = [b"R"] * (CHUNK + 1) + [b"R" * (CHUNK_BYTES // 3)] * 7 + [b"R" * CHUNK_BYTES * 2, b"."]
    chunks = cut(lines, 1)
    assert chunks == cut(lines, 17) == cut(lines, len(lines))
    assert [line for chunk in chunks for line in chunk] == lines
    assert [len(chunk) for chunk in chunks] == [CHUNK, 4, 3, 1, 1, 1]


async def test_reading_waits_while_too_many_bytes_wait() -> None:
    chunks = BoundedQueue()
    put = 0

    async def read() -> None:
        nonlocal put
        for number in range(40):
            await chunks.put(LineChunk(number, [], WAITING_BYTES // 12))
            put += 1
        chunks.end()

    async def is_read() -> bool:
        return reading.done()

    reading = asyncio.create_task(read())
    for _ in range(100):
        await asyncio.sleep(0)
    assert put == 12
    numbers = []
    while chunk := await chunks.get():
        numbers.append(chunk.number)
        assert put - len(numbers) <= 13
    assert numbers == list(range(40))
    await until(is_read)
