"""A call is answered with the rows in their envelope, whole or broken as the mode says."""

import asyncio
from collections.abc import Iterable, Iterator, Mapping
from itertools import islice

from deploy.local.onec.fields import NAMESPACE
from deploy.local.onec.modes import bad_rows
from deploy.local.onec.rows import spoil
from deploy.local.onec.stored import StoredRows
from deploy.local.onec.wire import Peer, compressed

_ROWS_A_BLOCK = 150  # some 64 KB
_CONTROL = b"\x01\x0b"
_DRIP_SECONDS = 0.05
_ENVELOPES = {
    False: "http://schemas.xmlsoap.org/soap/envelope/",
    True: "http://www.w3.org/2003/05/soap-envelope",
}


def blocks(operation: str, rows: Iterable[bytes], *, soap12: bool = False) -> Iterator[bytes]:
    """Yield the whole document in blocks of moderate size."""
    yield (
        f'<?xml version="1.0" encoding="UTF-8"?>\n<soap:Envelope xmlns:soap="{_ENVELOPES[soap12]}"><soap:Body>\n'
        f'<m:{operation}Response xmlns:m="{NAMESPACE}"><m:return xmlns:xs="http://www.w3.org/2001/XMLSchema" '
        'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">\n'
    ).encode()
    waiting = iter(rows)
    while block := b"".join(islice(waiting, _ROWS_A_BLOCK)):
        yield block
    yield f"</m:return></m:{operation}Response></soap:Body></soap:Envelope>".encode()


async def send_list(
    peer: Peer, operation: str, rows: list[bytes] | StoredRows, mode: str, headers: Mapping[str, str]
) -> bool:
    """Send the list; returns whether the connection can be used again."""
    if mode == "silent":
        await peer.until_gone()
        return False
    document = blocks(operation, _changed(rows, mode), soap12=mode == "soap12")
    half = max(1, len(rows) // _ROWS_A_BLOCK // 2)
    match mode:
        case "truncated":
            await peer.stream(islice(document, 1 + half), headers)
            return False
        case "short":
            await peer.stream(islice(document, 1 + half), headers, promised=999_999_999)
            return False
        case "unclosed":
            await peer.stream(islice(document, 1 + half), headers)
        case "malformed":
            await peer.stream(_broken(document, half), headers)
        case "drip":
            await _drip(peer, document, headers)
        case "gzip":
            await peer.stream(compressed(document), {**headers, "Content-Encoding": "gzip"})
        case _:
            await peer.stream(document, headers)
    await peer.end()
    return True


def _changed(rows: list[bytes] | StoredRows, mode: str) -> Iterable[bytes]:
    if every := bad_rows(mode):
        return spoil(rows, every)
    if mode == "control":
        return (
            row.replace(b"<m:Name>", b"<m:Name>" + _CONTROL, 1) if number % 100 == 0 else row
            for number, row in enumerate(rows)
        )
    return [] if mode == "empty" else rows


def _broken(document: Iterable[bytes], half: int) -> Iterator[bytes]:
    for number, block in enumerate(document):
        yield block.replace(b"</m:Name>", b"", 1) if number == 1 + half // 2 else block


async def _drip(peer: Peer, document: Iterable[bytes], headers: Mapping[str, str]) -> None:
    await peer.stream([], headers)
    for block in document:
        for position in range(len(block)):
            peer.writer.write(b"1\r\n" + block[position : position + 1] + b"\r\n")
            await peer.writer.drain()
            await asyncio.sleep(_DRIP_SECONDS)
