"""Declares that a route takes what a list can be asked."""

from starlette.requests import Request

from ecatalog.entities.rendering import Rendering
from ecatalog.http.dependencies import list_request
from ecatalog.listing.list_request import ListRequest
from ecatalog.listing.paging import PARAMETERS

SEARCH = (
    "Words, each of them anywhere in the row, in any script and notation. Unless `ordering` or `cursor` is given, the "
    "best come first: rows whose code or bar code it is, whose name it is, whose name begins so, that hold all words "
    "as whole words, the others; of those that are as good, the newest. Where nothing holds the words, rows that "
    "look like them, marked by the header `X-Search: similar`; numbers and codes are never taken for similar ones."
)


class ListParameters:
    """Is a dependency that gives the list request and documents the query parameters of one list."""

    def __init__(self, rendering: Rendering, *, paged: bool = True) -> None:
        search = [("search", SEARCH)] if rendering.search else []
        texts = [*search, ("ordering", "Fields of the row, `-` before one turns it round.")]
        self.parameters = [
            *({"name": name, "in": "query", "required": False, "description": text, "schema": {"type": "string"}}
              for name, text in texts),
            *rendering.filters.parameters,
            *(PARAMETERS if paged else ()),
        ]  # fmt: skip

    async def __call__(self, request: Request) -> ListRequest:
        return list_request(request)
