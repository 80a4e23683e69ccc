"""Limits what a run spends."""

import asyncio
from dataclasses import dataclass


@dataclass(frozen=True)
class Usage:
    """Counts the tokens of questions and of answers."""

    prompt: int = 0
    completion: int = 0

    def __add__(self, other: "Usage") -> "Usage":
        return Usage(self.prompt + other.prompt, self.completion + other.completion)

    @property
    def tokens(self) -> int:
        return self.prompt + self.completion


@dataclass(frozen=True)
class Price:
    """Holds the prices of a million tokens in USD."""

    input: float
    output: float

    def of(self, usage: Usage) -> float:
        return (usage.prompt * self.input + usage.completion * self.output) / 1_000_000


# As published by OpenAI; the settings say it of other models and servers. Longer names first.
_PUBLISHED = {
    "gpt-4.1-nano": Price(0.10, 0.40),
    "gpt-4.1-mini": Price(0.40, 1.60),
    "gpt-4.1": Price(2.00, 8.00),
    "gpt-4o-mini": Price(0.15, 0.60),
    "gpt-4o": Price(2.50, 10.00),
    "gpt-3.5-turbo": Price(0.50, 1.50),
}


def published_price(model: str) -> Price | None:
    """Return OpenAI's own price of a model, None where it is not known here."""
    return next((price for name, price in _PUBLISHED.items() if model.startswith(name)), None)


class Budget:
    """Lets a row start only while there is room for one as large as the largest so far.

    The first is waited for alone, so that there is a size to go by.
    """

    def __init__(self, *, tokens: int | None = None, cost: float | None = None, price: Price | None = None) -> None:
        self._tokens = tokens
        self._cost = cost
        self.price = price
        self.spent = Usage()
        self._largest = 0.0
        self._under_way = 0
        self._changed = asyncio.Condition()

    @property
    def cost(self) -> float | None:
        """Return the USD spent so far, None when prices are not known."""
        return None if self.price is None else self.price.of(self.spent)

    async def admit(self) -> bool:
        """Wait until one more row fits, and count it as under way; return False when none will."""
        async with self._changed:
            while not self._fits():
                if not self._under_way:
                    return False
                await self._changed.wait()
            self._under_way += 1
        return True

    async def settle(self, usage: Usage) -> None:
        """Count what a row used, and let others start in its place."""
        async with self._changed:
            self._under_way -= 1
            self.spent += usage
            self._largest = max(self._largest, self._share(usage))
            self._changed.notify_all()

    def _fits(self) -> bool:
        if self._tokens is None and self._cost is None:
            return True
        spent = self._share(self.spent)
        if not self._largest:
            return not self._under_way and spent < 1
        return spent + (self._under_way + 1) * self._largest <= 1 + 1e-9

    def _share(self, usage: Usage) -> float:
        """Return the used share of the limit that is reached first."""
        by_tokens = usage.tokens / self._tokens if self._tokens else 0.0
        by_cost = self.price.of(usage) / self._cost if self._cost and self.price else 0.0
        return max(by_tokens, by_cost)
