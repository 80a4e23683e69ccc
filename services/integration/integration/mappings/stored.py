"""A version of a mapping as the database keeps it, and the mapping that it stands for."""

from dataclasses import dataclass
from typing import Any

import orjson

from integration.integrations.kinds import IntegrationKind
from integration.mappings.model import Mapping
from integration.mappings.presets import PRESET_OF, preset


@dataclass(frozen=True)
class StoredMapping:
    """One version. ``document`` is None for the preset of the kind; without ``streams`` it has those of its preset."""

    integration_id: int
    kind: IntegrationKind
    version: int
    document: dict[str, Any] | None

    @property
    def follows_preset(self) -> bool:
        return self.document is None or "streams" not in self.document

    @property
    def mapping(self) -> Mapping:
        return completed(self.document or {"preset": PRESET_OF[self.kind]})

    @property
    def answer(self) -> bytes:
        """Return the mapping as clients see it."""
        whole = self.mapping.model_dump(by_alias=True)
        head = {"version": self.version, "preset": whole.pop("preset"), "follows_preset": self.follows_preset}
        return orjson.dumps(head | whole)


def completed(document: dict[str, Any]) -> Mapping:
    """Return the mapping of a document, which has the streams of its preset unless it has its own."""
    mapping = Mapping.model_validate({"streams": {}, **document})
    return mapping if "streams" in document else mapping.model_copy(update={"streams": preset(mapping.preset).streams})
