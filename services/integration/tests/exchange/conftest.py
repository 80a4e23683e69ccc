import httpx
import pytest
from ecatalog.db.database import Database
from integration.exchange import imports
from integration.exchange.passwords import KeyedHash
from integration.settings import IntegrationSettings

from ..builders import add_project
from .calling import Module, add_exchange


@pytest.fixture
def hashes(settings: IntegrationSettings) -> KeyedHash:
    return settings.exchange_hash


@pytest.fixture
async def integration(database: Database, hashes: KeyedHash) -> int:
    await add_project(database)
    return await add_exchange(database, hashes)


@pytest.fixture
async def module(client: httpx.AsyncClient, integration: int) -> Module:
    """Signed in."""
    return await Module(client, integration).sign_in()


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody works at the runs: a step need not wait for one."""
    monkeypatch.setattr(imports, "WAIT_SECONDS", 0.0)
