"""A real browser shows the documentation and finds nothing against its rules. Left out where there is none."""

import asyncio
import shutil
from collections.abc import AsyncIterator
from contextlib import suppress
from pathlib import Path

import pytest
from portal.main import create
from portal.settings import PortalSettings

from .conftest import served

BROWSER = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
FLAGS = (
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync", "--enable-logging=stderr",
    "--virtual-time-budget=10000", "--window-size=390,900", "--dump-dom",
)  # fmt: skip

pytestmark = pytest.mark.skipif(BROWSER is None, reason="no browser is installed")


@pytest.fixture(scope="module")
async def address(settings: PortalSettings) -> AsyncIterator[str]:
    async with served(create(settings)) as address:
        yield address


@pytest.mark.parametrize(
    ("path", "shown"),
    [
        ("/", "<h1>E-Catalog</h1>"),
        ("/api/events/", "<h1>E-Catalog events</h1>"),
        ("/api/docs/", 'class="swagger-ui"'),
        ("/api/redoc/", "api-content"),
    ],
)
async def test_page_is_shown_without_a_word_on_the_console(address: str, tmp_path: Path, path: str, shown: str) -> None:
    assert BROWSER is not None
    browser = await asyncio.create_subprocess_exec(
        BROWSER, *FLAGS, f"--user-data-dir={tmp_path}", address + path,
        stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE,
    )  # fmt: skip
    try:
        page, told = await asyncio.wait_for(browser.communicate(), 60)
    finally:
        with suppress(ProcessLookupError):
            browser.kill()
    assert shown in page.decode()
    assert [line for line in told.decode("utf-8", "replace").splitlines() if "Content Security Policy" in line] == []
