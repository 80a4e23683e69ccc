"""Holds what the handlers of the worker's jobs share."""

from typing import TYPE_CHECKING, Self

from catalog.descriptions.access import key_of
from catalog.settings import CatalogSettings

if TYPE_CHECKING:
    from catalog.descriptions.chat import Chat


class WorkerContext:
    """Holds the settings, and one model for all jobs of the process, so that its limits hold for them together."""

    def __init__(self, settings: CatalogSettings) -> None:
        self.settings = settings
        self._chat: Chat | None = None

    def chat(self) -> "Chat":
        """Return the model. The first job that needs it loads the library behind it."""
        key_of(self.settings)
        if self._chat is None:
            from catalog.descriptions.chat import Chat

            self._chat = Chat(self.settings, self.settings.openai_concurrency)
        return self._chat

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        """Close the connections to the model's server."""
        chat, self._chat = self._chat, None
        if chat:
            await chat.close()
