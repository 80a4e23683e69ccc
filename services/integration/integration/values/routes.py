from ecatalog.caching.etag import json_response
from ecatalog.http.dependencies import Db, own_url
from ecatalog.listing.paging import PARAMETERS, Listed
from ecatalog.security.permissions import Staff
from fastapi import APIRouter, Request, Response

from integration.values import service
from integration.values.filters import PARKED
from integration.values.schemas import ParkedOut

router = APIRouter(tags=["integration"])

PAGES = [parameter for parameter in PARAMETERS if parameter["name"] != "cursor"]


@router.get(
    "/api/v1/integration/{integration_id:int}/parked/", summary="Products that are waited for",
    response_model=Listed[ParkedOut], openapi_extra={"parameters": [*PARKED.parameters, *PAGES]},
)  # fmt: skip
async def list_parked(request: Request, _: Staff, integration_id: int, database: Db) -> Response:
    """The products of the base that have prices or stock and are not in the catalog, those that wait longest first.

    Their prices and stock are kept, and fill the columns when the products come, from wherever.
    """
    found = await service.parked(database, integration_id, request.query_params, own_url(request))
    return json_response(request, found)
