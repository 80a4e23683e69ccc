"""What the filled catalog holds, read once by its cursor: the material of which the requests are made."""

import random
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote

from deploy.local.demo.api import Api
from tests.load.requests import Encoder, Load

PAGE = 20
LIST = "/api/v1/nomenklatura/"
DIFFERENT_PAGES = 2500  # far more than the cache of pages holds: each comes round again after it was dropped
SEARCHES = 5000
DEEP = 90_000
KEPT = 100_000  # a million products would not fit beside what is measured
MARKER = b'"vendor_code"'  # once in each product, and in nothing nested in it


@dataclass
class Catalog:
    """Codes, names and articles of the first products, and where the pages of the cursor's walk begin."""

    count: int
    codes: list[str] = field(default_factory=list)
    names: list[str] = field(default_factory=list)
    articles: list[str] = field(default_factory=list)
    categories: list[str] = field(default_factory=list)
    cursors: list[str] = field(default_factory=list)
    project: int = 0
    chance: random.Random = field(default_factory=lambda: random.Random(1))  # noqa: S311 - no secret

    @classmethod
    def read(cls, api: Api) -> "Catalog":
        """Walk the list, at most as far as is kept. Raises RuntimeError when the walk and the count disagree."""
        catalog = cls(api.count(LIST))
        following = f"{LIST}?cursor=&limit=100"
        while following and len(catalog.codes) < KEPT:
            page = api.get(following)
            catalog._keep(page["results"])
            following = page["next"]
            if following:
                catalog.cursors.append(following.rpartition("cursor=")[2].partition("&")[0])
        if not len(set(catalog.codes)) == len(catalog.codes) == min(catalog.count, KEPT):
            raise RuntimeError(f"the cursor gave {len(set(catalog.codes))} products, the list counts {catalog.count}")
        return catalog

    def _keep(self, rows: list[dict[str, Any]]) -> None:
        for row in rows:
            self.codes.append(row["code_1c"])
            self.names.append(row["name"])
            self.articles.append(row["article_code"])
        self.categories = sorted({*self.categories, *(row["category"] for row in rows)})
        self.project = rows[0]["project"]["id"]

    def pages(self, encode: Encoder, first: int = 0) -> Load:
        """Different pages of 20 from the row ``first`` on."""
        last = min(self.count - PAGE, first + 4000)
        offsets = self.chance.sample(range(first, last), min(DIFFERENT_PAGES, last - first))
        return self._page_load([encode.get(f"{LIST}?limit={PAGE}&offset={offset}") for offset in offsets])

    def deep_pages(self, encode: Encoder) -> Load:
        return self.pages(encode, min(DEEP, self.count * 9 // 10))

    def by_cursor(self, encode: Encoder) -> Load:
        """In the order of the walk."""
        return self._page_load([encode.get(f"{LIST}?cursor={cursor}&limit={PAGE}") for cursor in self.cursors[:-1]])

    def one_page(self, encode: Encoder) -> Load:
        return self._page_load([encode.get(f"{LIST}?limit={PAGE}")])

    def one_page_unchanged(self, api: Api, encode: Encoder) -> Load:
        tag = api.http.get(LIST, params={"limit": PAGE}).headers["ETag"]
        return Load([encode.get(f"{LIST}?limit={PAGE}", f"If-None-Match: {tag}\r\n")], 304, marker=b"")

    def details(self, encode: Encoder) -> Load:
        codes = self.chance.sample(self.codes, min(50_000, len(self.codes)))
        return Load([encode.get(f"{LIST}{code}/") for code in codes], marker=MARKER, rows=1)

    def searches(self, encode: Encoder) -> Load:
        """Common words, pairs of words, and rare articles, in equal parts; all of them are found."""
        queries = sorted({self._query(number) for number in range(SEARCHES)})
        self.chance.shuffle(queries)  # there are few common words: without it they would all come first
        return Load([encode.get(f"{LIST}?limit={PAGE}&search={query}") for query in queries], marker=MARKER)

    def creations(self, encode: Encoder, count: int = 20_000, prefix: str = "LOAD") -> Load:
        rows = ({"code_1c": f"{prefix}-{number:06d}", "name": f"Created {number}"} for number in range(count))
        return Load([encode.send("POST", LIST, dict(row)) for row in rows], 201, marker=MARKER, rows=1)

    def changes(self, encode: Encoder) -> Load:
        """Each request writes something new."""
        codes = self.chance.sample(self.codes, min(30_000, len(self.codes)))
        requests = [
            encode.send("PATCH", f"{LIST}{code}/", {"title": f"Changed {number}", "base_price": number})
            for number, code in enumerate(codes)
        ]
        return Load(requests, marker=MARKER, rows=1)

    def _query(self, number: int) -> str:
        row = self.chance.randrange(len(self.names))
        words = [word for word in self.names[row].split() if len(word) > 2 and word.isalpha()] or [self.names[row]]
        if number % 3 == 0:
            pages = max(1, min(10, self.count // 2000))
            return f"{quote(words[0])}&offset={self.chance.randrange(pages) * PAGE}"
        last_digits = self.names[row][-3:]  # every name ends with a number
        return f"{quote(words[-1])}+{quote(last_digits.strip())}" if number % 3 == 1 else quote(self.articles[row])

    @staticmethod
    def _page_load(requests: list[bytes]) -> Load:
        return Load(requests, marker=MARKER, rows=PAGE)
