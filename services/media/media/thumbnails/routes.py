"""The feeds of thumbnails: anyone reads, clients' pictures are shown to signed-in users."""

from collections.abc import Mapping
from typing import Annotated

from ecatalog.caching.etag import json_response
from ecatalog.http.dependencies import BaseUrl, Db
from ecatalog.http.routing import LeanRoute
from ecatalog.security.permissions import MaybeUser, SignedIn
from fastapi import APIRouter, Depends, Request, Response

from media.thumbnails.filters import PARAMETERS, types_of
from media.thumbnails.schemas import Feed
from media.thumbnails.service import feed

router = APIRouter(prefix="/api/v1/thumbnails", tags=["thumbnails"], route_class=LeanRoute)


class FeedParameters:
    """A dependency that gives the query and documents the parameters of a feed."""

    parameters = PARAMETERS

    async def __call__(self, request: Request) -> Mapping[str, str]:
        return request.query_params


Query = Annotated[Mapping[str, str], Depends(FeedParameters())]


@router.get("/", summary="The newest thumbnails of all", response_model=Feed)
async def list_all(user: MaybeUser, request: Request, database: Db, query: Query, base_url: BaseUrl) -> Response:
    """`entity_type` is one or several of `project`, `client`, `nomenklatura`, by comma."""
    types = types_of(query.get("entity_type", ""))
    return json_response(request, await feed(database, user, types, query, base_url))


@router.get("/projects/", summary="The newest thumbnails of projects", response_model=Feed)
async def list_projects(user: MaybeUser, request: Request, database: Db, query: Query, base_url: BaseUrl) -> Response:
    """Pictures of projects alone."""
    return json_response(request, await feed(database, user, ["project"], query, base_url))


@router.get("/clients/", summary="The newest thumbnails of clients", response_model=Feed)
async def list_clients(user: SignedIn, request: Request, database: Db, query: Query, base_url: BaseUrl) -> Response:
    """Those of the regions that the user sees."""
    return json_response(request, await feed(database, user, ["client"], query, base_url))


@router.get("/nomenklatura/", summary="The newest thumbnails of products", response_model=Feed)
async def list_products(user: MaybeUser, request: Request, database: Db, query: Query, base_url: BaseUrl) -> Response:
    """Pictures of products alone."""
    return json_response(request, await feed(database, user, ["nomenklatura"], query, base_url))
