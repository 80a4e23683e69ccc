"""The feeds of thumbnails: anyone reads, clients' pictures are shown to signed-in users."""

from ecatalog.http.routing import LeanRoute
from ecatalog.security.permissions import MaybeUser, SignedIn
from fastapi import APIRouter, Depends, Request, Response

from media.thumbnails.filters import PARAMETERS
from media.thumbnails.schemas import Feed
from media.thumbnails.service import feed

router = APIRouter(prefix="/api/v1/thumbnails", tags=["thumbnails"], route_class=LeanRoute)


class FeedParameters:
    """A dependency that documents the query parameters of a feed; the feed itself reads them."""

    parameters = PARAMETERS

    def __call__(self, request: Request) -> None:
        """Nothing is read here."""


QUERY = Depends(FeedParameters())


@router.get("/", summary="The newest thumbnails of all", response_model=Feed, dependencies=[QUERY])
async def list_all(user: MaybeUser, request: Request) -> Response:
    """`entity_type` is one or several of `project`, `client`, `nomenklatura`, by comma."""
    return await feed(request, user)


@router.get("/projects/", summary="The newest thumbnails of projects", response_model=Feed, dependencies=[QUERY])
async def list_projects(user: MaybeUser, request: Request) -> Response:
    """Pictures of projects alone."""
    return await feed(request, user, ["project"])


@router.get("/clients/", summary="The newest thumbnails of clients", response_model=Feed, dependencies=[QUERY])
async def list_clients(user: SignedIn, request: Request) -> Response:
    """Those of the regions that the user sees."""
    return await feed(request, user, ["client"])


@router.get("/nomenklatura/", summary="The newest thumbnails of products", response_model=Feed, dependencies=[QUERY])
async def list_products(user: MaybeUser, request: Request) -> Response:
    """Pictures of products alone."""
    return await feed(request, user, ["nomenklatura"])
