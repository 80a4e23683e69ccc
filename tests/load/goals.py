"""What each row is measured against, and what share of it is to be reached: the one place that holds these numbers."""

from collections.abc import Mapping
from dataclasses import dataclass, field

GATEWAY = "bare gateway"
SQL = "its own SQL"
HAND = "hand-written"
PULL = "plain pull parse"
VERIFICATION = "one verification"
IDLE = "idle"


@dataclass(frozen=True)
class Goal:
    """``shares``: the part of each ceiling to reach, None where it is only shown; ``most_shares`` are not to be passed.

    ``least`` and ``most`` bound the value itself: they are for what does not depend on the speed of a machine. What a
    good day gave (``good_day``) is for orientation, and judges nothing.
    """

    unit: str = "req/s"
    shares: Mapping[str, float | None] = field(default_factory=dict)
    most_shares: Mapping[str, float] = field(default_factory=dict)
    least: float | None = None
    most: float | None = None
    good_day: str = ""

    def bound(self, ceiling: str) -> str:
        """Return the goal for a share, for people."""
        if ceiling in self.most_shares:
            return f"≤ {self.most_shares[ceiling]:.2f}"
        least = self.shares.get(ceiling)
        return "" if least is None else f"≥ {least:.2f}"

    @property
    def own_bound(self) -> str:
        """Return the goal for the value itself, for people; brackets hold what judges nothing."""
        if self.most is not None:
            return f"≤ {self.most:,g}"
        if self.least is not None:
            return f"≥ {self.least:,g}"
        return f"({self.good_day})" if self.good_day else ""

    def is_met(self, value: float) -> bool:
        """Return whether the value itself lies within its bounds."""
        return (self.most is None or value <= self.most) and (self.least is None or value >= self.least)

    def is_reached(self, ceiling: str, share: float) -> bool:
        if ceiling in self.most_shares:
            return share <= self.most_shares[ceiling]
        least = self.shares.get(ceiling)
        return least is None or share >= least


GOALS = {
    "second start until healthy": Goal("s", most=5),
    "idle memory of all processes": Goal("MB", most=800),
    "busiest process at rest": Goal("% CPU", most=1),
    "sync of a new list": Goal("items/s", {HAND: 0.5}),
    "sync of an unchanged list": Goal("items/s", {HAND: 0.6}),
    "integration-worker in the syncs": Goal("MB", most=300),
    "catalog-worker in the syncs": Goal("MB", most=300),
    "parsing of 1C's files": Goal("goods/s", {PULL: 0.6}, good_day="≥ 8,000"),
    "files of 1C, new goods": Goal("goods/s", {HAND: 0.3}),
    "list of 20 from the database": Goal(shares={GATEWAY: 0.20, SQL: None}),
    "the same page, cached": Goal(shares={GATEWAY: 0.88}),
    "the same page, 304": Goal(shares={GATEWAY: 0.88}),
    "detail by code": Goal(shares={GATEWAY: 0.40, SQL: None}),
    "search, page and exact count": Goal(shares={GATEWAY: 0.12, SQL: 0.8}),
    "page at offset 90,000": Goal(shares={GATEWAY: None}, good_day="≥ 200"),
    "page by cursor": Goal(shares={GATEWAY: None}, good_day="≥ 900"),
    "create one product": Goal(shares={GATEWAY: 0.14}),
    "change one product": Goal(shares={GATEWAY: 0.14}),
    "export of products to Excel": Goal("rows/s", {HAND: 0.6}),
    "largest process in the export": Goal("MB", most=250),
    "import of new products": Goal("rows/s", {HAND: 0.5}),
    "import of an unchanged export": Goal("rows/s", good_day="≥ 10,000"),
    "descriptions by 16 at once": Goal("of the ideal", least=0.9),
    "points one by one": Goal("points/s", {GATEWAY: 0.25}),
    "points in batches of 500": Goal("points/s", {HAND: 0.6}),
    "batches beside 10 million points": Goal("points/s", good_day="≥ 48,000"),
    "the same, of an empty table's": Goal("of that", least=0.8),
    "an agent's day of 5,000 points": Goal("ms", good_day="≤ 25"),
    "where 1,000 agents are": Goal("ms", good_day="≤ 50"),
    "feed of 60 among 2,000 images": Goal(shares={GATEWAY: None}, good_day="≥ 1,500"),
    "page with 40 images, without 1": Goal("times", most=1.5),
    "renditions of 12 megapixels": Goal("sources/s", {HAND: 0.8}),
    "largest process in that": Goal("MB", most=100),
    "sign-in, one after another": Goal("ms p95", most_shares={VERIFICATION: 1.6}),
    "details beside 10 sign-ins/s": Goal("of alone", least=0.7),
    "one's details beside 16 sign-ins": Goal("ms p95", most_shares={IDLE: 2.0}),
    **{
        f"growth: {what}": Goal("ms")
        for what in ("list", "detail", "search", "filter", "count", "create", "upsert of 100")
    },
}
