"""Mappings as clients send and get them; their parts are those of ``model``."""

from typing import Annotated, Any

from ecatalog.fields.types import Boolean, Choice
from pydantic import BaseModel, ConfigDict, Field

from integration.integrations.kinds import IntegrationKind
from integration.mappings.model import PRESETS, Level, Mapping, PriceTypes, Stock, Streams


class MappingIn(BaseModel):
    """A whole mapping. Without ``streams`` it has those of the preset, also when a later release improves them.

    ``confirm`` says that a column which everybody sees may get another source. ``version`` and ``follows_preset`` have
    no meaning here: what was read may be sent back with them.
    """

    model_config = ConfigDict(extra="forbid")

    preset: Annotated[str, Choice(PRESETS)]
    streams: Streams | None = None
    price_types: PriceTypes = PriceTypes()
    stock: Stock = None
    category_level: Level = None
    confirm: Annotated[bool, Boolean()] = False
    version: Any = Field(None, exclude=True)
    follows_preset: Any = Field(None, exclude=True)

    @property
    def document(self) -> dict[str, Any]:
        """Return what is kept of it."""
        return self.model_dump(by_alias=True, exclude={"confirm"}, exclude_none=True)


class RevertIn(BaseModel):
    """``confirm`` says that a column which everybody sees may get another source."""

    confirm: Annotated[bool, Boolean()] = False


class MappingOut(BaseModel):
    """A whole mapping. ``follows_preset`` says that its streams are those of the preset, whatever the release."""

    version: int
    preset: str
    follows_preset: bool
    streams: Streams
    price_types: PriceTypes
    stock: Stock
    category_level: int | None


class VersionOut(BaseModel):
    """A version of a mapping; ``reverted_to`` is the version that it repeats. Version 1 is nobody's."""

    version: int
    preset: str
    is_current: bool
    reverted_to: int | None
    user_id: int | None
    created_at: str


class PresetOut(BaseModel):
    """A mapping to begin with, and the kinds of integrations that it is for."""

    name: str
    kinds: list[IntegrationKind]
    mapping: Mapping
