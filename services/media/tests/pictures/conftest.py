from collections.abc import AsyncIterator

import pytest
from media.pictures.pool import PicturePool


@pytest.fixture(scope="module")
async def pool(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[PicturePool]:
    pool = PicturePool(2, tmp_path_factory.mktemp("pool"))
    yield pool
    await pool.close()
