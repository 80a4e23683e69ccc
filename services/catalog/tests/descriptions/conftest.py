from collections.abc import AsyncIterator

import pytest
from catalog.settings import CatalogSettings
from pydantic import SecretStr

from tests.chat import ChatServer, text


@pytest.fixture
async def model() -> AsyncIterator[ChatServer]:
    """A model that writes one sentence about each row."""
    server = ChatServer(lambda request: text(f"<p>{request.name} is good.</p>"))
    await server.start()
    yield server
    await server.stop()


@pytest.fixture
def with_model(settings: CatalogSettings, model: ChatServer) -> CatalogSettings:
    """The settings of a catalog that may ask the model."""
    return asking(settings, model)


def asking(settings: CatalogSettings, model: ChatServer) -> CatalogSettings:
    return settings.model_copy(
        update={"openai_api_key": SecretStr("test-key"), "openai_base_url": model.url, "openai_timeout": 10.0}
    )
