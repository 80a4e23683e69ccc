"""Files in a bucket of any store that speaks S3."""

from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path

import obstore
from obstore.exceptions import BaseError
from obstore.store import S3Store

from media.settings import MediaSettings
from media.storage import Missing, Stored, Unreachable

PIECE = 1024 * 1024


class S3Storage:
    """Files in one bucket. The store answers a ``put`` when it will not lose the file any more."""

    def __init__(self, settings: MediaSettings) -> None:
        secret = settings.s3_secret_key
        self._store = S3Store(
            settings.s3_bucket,
            endpoint=settings.s3_endpoint or None,
            region=settings.s3_region,
            access_key_id=settings.s3_access_key,
            secret_access_key=secret.get_secret_value() if secret else None,
            virtual_hosted_style_request=False,
            client_options={"allow_http": settings.s3_endpoint.startswith("http://")},
        )

    async def put(self, prefix: str, folder: Path, names: Sequence[str]) -> None:
        for name in names:
            with _outages():
                await obstore.put_async(self._store, prefix + name, folder / name)

    async def missing(self, prefix: str, names: Sequence[str]) -> list[str]:
        return [name for name in names if await self.size(prefix + name) is None]

    async def size(self, key: str) -> int | None:
        try:
            with _outages():
                return int((await obstore.head_async(self._store, key))["size"])
        except FileNotFoundError:
            return None

    async def read(self, key: str, start: int, end: int) -> AsyncIterator[bytes]:
        while start < end:
            stop = min(start + PIECE, end)
            try:
                with _outages():
                    piece = await obstore.get_range_async(self._store, key, start=start, end=stop)
            except FileNotFoundError as error:
                raise Missing(key) from error
            yield bytes(piece)
            start = stop

    @asynccontextmanager
    async def local(self, key: str, folder: Path) -> AsyncIterator[Path]:
        path = folder / "fetched"
        try:
            with _outages():
                whole = await (await obstore.get_async(self._store, key)).bytes_async()
        except FileNotFoundError as error:
            raise Missing(key) from error
        path.write_bytes(bytes(whole))
        yield path

    async def delete(self, prefix: str) -> None:
        keys = [stored.key async for stored in self._list(prefix)]
        if keys:
            with _outages():
                await obstore.delete_async(self._store, keys)

    def everything(self) -> AsyncIterator[Stored]:
        return self._list(None)

    async def _list(self, prefix: str | None) -> AsyncIterator[Stored]:
        async for batch in obstore.list(self._store, prefix):
            for found in batch:
                yield Stored(found["path"], found["last_modified"])


@contextmanager
def _outages() -> Iterator[None]:
    """Distinguish a store that does not answer from a file that is missing."""
    try:
        yield
    except FileNotFoundError:
        raise
    except BaseError as error:
        raise Unreachable(str(error).partition("\n")[0]) from error
