"""What the steps of prices and stock need to know of a run."""

from collections.abc import Awaitable, Callable, Collection, Sequence
from dataclasses import dataclass
from typing import Any

from integration.mappings.model import Mapping

PRICES, STOCK = "prices", "stock"
VALUE_STREAMS = (PRICES, STOCK)
TOTAL = ""
"""The warehouse of a quantity that 1C gives for all of them."""
MOST_ASKED = 1000
"""So many keys are asked for at once."""

Ask = Callable[[Sequence[str]], Awaitable[Collection[str]]]
"""Returns which of at most MOST_ASKED keys of products the catalog knows in the project and base of a run."""


@dataclass(frozen=True, slots=True)
class ValuesRun:
    """A run: the rows of its streams are those of ``project_id`` and ``base``, by this version of the mapping.

    ``is_of_set`` says that its list may be a part of one, of which nobody knows before the set's end whether all came.
    """

    job_id: int
    integration_id: int
    project_id: int
    base: str
    mapping: Mapping
    mapping_version: int
    is_of_set: bool = False

    @property
    def price_types(self) -> dict[str, str]:
        """Return the price types that fill columns, by the columns."""
        return {column: key for column, key in self.mapping.price_types if key is not None}

    def chooses(self, stream: str) -> bool:
        """Return whether a stream fills any column."""
        return bool(self.price_types) if stream == PRICES else self.mapping.stock is not None

    @property
    def key(self) -> dict[str, Any]:
        """Return the parameters that statements know it by."""
        return {
            "job_id": self.job_id, "integration_id": self.integration_id, "project_id": self.project_id,
            "base": self.base, "version": self.mapping_version, "is_of_set": self.is_of_set,
        }  # fmt: skip


@dataclass(frozen=True, slots=True)
class OfferCounts:
    """The records of prices or of stock in one run.

    ``total`` = ``errors`` + ``parked`` + ``updated``; ``unchanged`` are those of ``updated`` whose values are kept
    already.
    """

    total: int = 0
    errors: int = 0
    parked: int = 0
    updated: int = 0
    unchanged: int = 0
