from hypothesis import given
from hypothesis import strategies as st
from integration.syncs.chunks import MAX_BYTES, ROW_OVERHEAD, ChunkBounds, ChunkSpan

sizes = st.lists(st.integers(0, 256 * 1024), max_size=60)


def cut(sizes: list[int], max_rows: int) -> list[ChunkSpan]:
    cutter = ChunkBounds(max_rows)
    assert [cutter.add(size) for size in sizes] == list(range(len(sizes)))
    return cutter.spans()


@given(sizes, st.integers(1, 10))
def test_chunks_follow_each_other_and_respect_both_limits(sizes: list[int], max_rows: int) -> None:
    spans = cut(sizes, max_rows)
    assert [place for span in spans for place in range(span.first, span.last + 1)] == list(range(len(sizes)))
    for span in spans:
        rows = sizes[span.first : span.last + 1]
        assert 1 <= len(rows) <= max_rows
        assert sum(rows) + ROW_OVERHEAD * len(rows) <= MAX_BYTES


@given(sizes, st.integers(1, 10))
def test_same_list_is_divided_at_the_same_positions(sizes: list[int], max_rows: int) -> None:
    assert cut(sizes, max_rows) == cut(sizes, max_rows)


def test_small_rows_fill_chunks_to_the_row_limit() -> None:
    assert cut([300] * 1001, 500) == [ChunkSpan(0, 499), ChunkSpan(500, 999), ChunkSpan(1000, 1000)]


def test_no_rows_make_no_chunk() -> None:
    assert cut([], 500) == []
