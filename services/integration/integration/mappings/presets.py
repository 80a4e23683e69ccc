"""The mappings that integrations begin with: complete ones, as JSON files beside this module."""

from functools import cache
from importlib.resources import files

import orjson

from integration.integrations.kinds import IntegrationKind
from integration.mappings.model import PRESETS, Mapping

PRESET_OF: dict[IntegrationKind, str] = {
    "soap": "soap", "commerceml-exchange": "commerceml", "commerceml-file": "commerceml",
}  # fmt: skip


@cache
def preset(name: str) -> Mapping:
    """Return a preset by its name."""
    text = files("integration.mappings").joinpath("presets", f"{name}.json").read_bytes()
    return Mapping.model_validate(orjson.loads(text))


def presets() -> bytes:
    """Return all presets as a JSON array, each with the kinds of integrations that it is for."""
    return orjson.dumps(
        [
            {
                "name": name,
                "kinds": [kind for kind, of_kind in PRESET_OF.items() if of_kind == name],
                "mapping": preset(name).model_dump(by_alias=True),
            }
            for name in PRESETS
        ]
    )
