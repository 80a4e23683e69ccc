"""Stores the JSON Schema of each event type; ``python -m ecatalog.contracts.schemas`` writes them anew."""

import json
from pathlib import Path
from typing import Any

from ecatalog.contracts import REGISTRY

FOLDER = Path(__file__).parent


def stored(name: str) -> dict[str, Any]:
    """Return the stored schema of an event type."""
    schema: dict[str, Any] = json.loads((FOLDER / f"{name}.json").read_text())
    return schema


def write_all() -> None:
    """Store the schema of every registered type."""
    for name, kind in REGISTRY.items():
        text = json.dumps(kind.model.model_json_schema(), indent=2, sort_keys=True)
        (FOLDER / f"{name}.json").write_text(text + "\n")
