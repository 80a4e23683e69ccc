"""The lists as workbooks, and workbooks to fill in: for any user, of the rows that its lists show."""

from collections.abc import AsyncIterator, Callable

from ecatalog.entities.entity import Entity
from ecatalog.entities.filters import Where
from ecatalog.excel.writer import MEDIA_TYPE
from ecatalog.http.dependencies import Db, Lists
from ecatalog.http.list_parameters import ListParameters
from ecatalog.http.responses import SIMILAR
from ecatalog.http.routing import LeanRoute
from ecatalog.listing.list_request import ListRequest
from ecatalog.security.permissions import Principal, SignedIn
from fastapi import APIRouter, Depends, Response
from starlette.responses import StreamingResponse

from catalog.client.service import visible
from catalog.entities.client import CLIENT
from catalog.entities.nomenklatura import NOMENKLATURA
from catalog.entities.project import PROJECT
from catalog.exports import service

ALL_ROWS = "All rows that the filters leave, in the order of the list"


class Xlsx(StreamingResponse):
    media_type = MEDIA_TYPE


def _router(
    entity: Entity, tag: str, noun: str, sees: Callable[[Principal], Where] = lambda _: Where(), which: str = "."
) -> APIRouter:
    """Make the routes of one kind; ``which`` ends the sentence that says of which rows its workbook is."""
    router = APIRouter(prefix=f"/api/v1/{entity.name}", tags=[tag], route_class=LeanRoute)
    query = Depends(ListParameters(entity.rendering, paged=False))

    @router.get(
        "/export-xlsx/", summary=f"Export {noun}s to Excel", description=ALL_ROWS + which, name=f"export_{noun}s",
        response_class=Xlsx,
    )  # fmt: skip
    async def export_rows(user: SignedIn, database: Db, lists: Lists, asked: ListRequest = query) -> Response:
        export = await service.export(database, lists, entity, asked, sees(user))
        response = _download(entity.sheet.file, export.content)
        if not export.exact:
            response.headers.update(SIMILAR)
        return response

    @router.get("/template-xlsx/", summary=f"Excel template of {noun}s", name=f"{noun}_template", response_class=Xlsx)
    async def show_template(_: SignedIn) -> Response:
        """A workbook to fill in and import, with a row that shows how."""
        return _download(f"{entity.sheet.file}_template", service.template(entity))

    return router


def _download(name: str, content: AsyncIterator[bytes]) -> Response:
    headers = {"Content-Disposition": f'attachment; filename="{name}.xlsx"', "Cache-Control": "no-store"}
    return Xlsx(content, headers=headers)


ROUTERS = (
    _router(PROJECT, "projects", "project"),
    _router(CLIENT, "clients", "client", visible, "; of the user's regions only."),
    _router(NOMENKLATURA, "nomenklatura", "product"),
)
