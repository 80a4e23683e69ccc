"""What the routes of pictures do."""

from collections.abc import Awaitable, Callable, Sequence
from functools import partial
from typing import Any

from ecatalog.caching.etag import json_response, require_match
from ecatalog.core.errors import Conflict, FieldErrors, NotFound
from ecatalog.db.database import Database
from ecatalog.db.pool import Transaction
from ecatalog.db.render import render
from ecatalog.entities.filters import Where
from ecatalog.fields.types import no_such_pk
from ecatalog.http.dependencies import base_url, list_request, sent_key
from ecatalog.http.idempotency import Key, claim, keep, recall
from ecatalog.http.responses import list_response, reply_response
from ecatalog.listing.entity_list import Lists
from ecatalog.security.permissions import Principal, asker
from psycopg import AsyncConnection
from pydantic import BaseModel
from starlette.requests import Request
from starlette.responses import Response

from media.direct_publish.service import DirectPublisher, publish_images
from media.files.service import Adopted, adopt
from media.images import rows
from media.images.kind import ImageOwner
from media.owners.service import MAX_ID, Ambiguous, OwnerLookup, Reference
from media.renditions.job import defer_renditions
from media.storage import Storage
from media.uploads.repeats import upload_key
from media.uploads.service import Received, Refusal, UploadReceiver
from media.words import narrow

Shape = Callable[[AsyncConnection[Any], Sequence[int]], Awaitable[bytes]]
"""Makes the body of an answer of the ids of new pictures."""

SEVERAL = "This code exists in several projects. Send project_id (0 for the row without a project)."


class Store:
    """The pictures of one kind, for one request."""

    def __init__(self, kind: ImageOwner, request: Request) -> None:
        self.kind = kind
        self.request = request
        self.database: Database = request.app.state.database
        self.intake: UploadReceiver = request.app.state.intake
        self._storage: Storage = request.app.state.storage
        self._direct_publisher: DirectPublisher = request.app.state.direct_publisher

    async def page(self, principal: Principal | None) -> Response:
        where = self.kind.visible(principal)
        for related in self.kind.related:
            await related.apply(self.request, where, self.kind.regions(principal))
        narrow(where, self.request.query_params.get("search", ""), self.kind.searched)
        lists: Lists = self.request.app.state.lists
        return list_response(
            self.request, await lists.page(list_request(self.request), self.kind.resource, where, default="page")
        )

    async def show(self, principal: Principal | None, row_id: int) -> Response:
        return json_response(self.request, await self._row(row_id, self.kind.visible(principal)))

    async def once(
        self, principal: Principal, body: BaseModel, make: Callable[[Key | None], Awaitable[Response]]
    ) -> Response:
        """What ``make`` answers; what was answered when the same request came before with its ``Idempotency-Key``."""
        key = await upload_key(sent_key(self.request), principal.user_id, body)
        earlier = await recall(self.database, key)
        return await make(key) if earlier is None else reply_response(self.request, earlier)

    async def create(self, principal: Principal, body: BaseModel) -> Response:
        """201, or all that is wrong with owner and picture at once."""
        return await self.once(principal, body, partial(self._create, principal, body))

    async def _create(self, principal: Principal, body: BaseModel, key: Key | None) -> Response:
        values = body.model_dump(exclude={"image", "project_id", self.kind.owner})
        async with self.intake.receive([getattr(body, "image")]) as [received]:  # noqa: B009 - mypy knows no such field
            errors: dict[str, Any] = {}
            owner_id = await self._owner(principal, body, errors)
            self._accept(received, errors)
            if errors or owner_id is None or isinstance(received, Refusal):
                raise FieldErrors(errors)
            return await self.add(principal, owner_id, [received], values, key, self._one)

    async def change(self, principal: Principal, row_id: int, body: BaseModel) -> Response:
        """Only what was sent changes; another picture comes under another address."""
        current = await self._row(row_id, self.kind.changeable(principal))
        require_match(self.request.headers.get("if-match"), current)
        sent = body.model_fields_set
        values = body.model_dump(include=sent - {"image", "project_id", self.kind.owner})
        uploads = [getattr(body, "image")] if "image" in sent else []  # noqa: B009 - mypy knows no such field
        async with self.intake.receive(uploads) as received:
            errors: dict[str, Any] = {}
            owner_id = None
            if self.kind.owner in sent:
                owner_id = await self._owner(principal, body, errors)
            for one in received:
                self._accept(one, errors)
            if errors:
                raise FieldErrors(errors)
            async with self.database.transaction() as connection:
                shown = await self.shown(connection, [one for one in received if isinstance(one, Received)])
                changed = await rows.update(connection, row_id, values, owner_id, shown[0] if shown else None)
                events = await publish_images(connection, changed)
        await self._spread(events)
        return json_response(self.request, await self._row(row_id, Where()))

    async def delete(self, principal: Principal, row_id: int) -> Response:
        await self._row(row_id, self.kind.changeable(principal))
        async with self.database.transaction() as connection:
            events = await publish_images(connection, await rows.delete(connection, row_id))
        await self._spread(events)
        return Response(status_code=204)

    async def add(
        self,
        principal: Principal,
        owner_id: int,
        received: Sequence[Received],
        values: dict[str, Any],
        key: Key | None,
        shape: Shape,
    ) -> Response:
        """Store pictures and make their rows, the first the main one if ``values`` say so; 201 as ``shape`` has it."""
        owner = rows.Owner(self.kind.owner, owner_id)
        made: list[int] = []
        changed: dict[int, None] = {}
        async with self.database.transaction() as connection:
            earlier = await claim(connection, key)
            if earlier is not None:
                return reply_response(self.request, earlier)
            for shown in await self.shown(connection, received):
                touched = await rows.insert(connection, owner, shown, values, principal.user_id)
                changed |= dict.fromkeys(touched)
                made.append(touched[-1])
                values = values | {"is_main": False}
            events = await publish_images(connection, list(changed))
            body = await shape(connection, made)
            await keep(connection, key, body)
        await self._spread(events)
        return json_response(self.request, body, 201)

    async def _one(self, connection: AsyncConnection[Any], ids: Sequence[int]) -> bytes:
        parameters = {"id": ids[0], "base": base_url(self.request)}
        return await render(connection, self.kind.resource.row_sql("t.id = %(id)s"), parameters)

    async def many(self, connection: AsyncConnection[Any], ids: Sequence[int]) -> bytes:
        """The pictures with these ids as a JSON array."""
        return await render(connection, self.kind.resource.rows_sql, {"ids": ids, "base": base_url(self.request)})

    async def shown(self, connection: Transaction, received: Sequence[Received]) -> list[rows.Shown]:
        """Store the files of pictures, in an order in which no two requests wait for each other."""
        files: dict[str, Adopted] = {}
        for one in sorted(received, key=lambda each: each.checked.sha256):
            files[one.checked.sha256] = await adopt(connection, self._storage, one.checked, one.folder)
        waiting = [file.id for file in files.values() if file.is_waiting]
        await defer_renditions(connection, waiting)
        return [rows.Shown(files[one.checked.sha256].id, one.stem, one.ending) for one in received]

    async def find_owner(
        self, principal: Principal, reference: Reference, project_id: int | None, *, codes_first: bool
    ) -> int | None:
        """The id of the owner meant; raises :class:`Ambiguous`."""
        async with self.database.transaction() as connection:
            settings = self.request.app.state.settings
            finder = OwnerLookup(connection, self.request.app.state.client, settings.catalog_url)
            regions = self.kind.regions(principal)
            return await finder.find(
                self.kind.owner, reference, codes_first=codes_first, project_id=project_id, regions=regions
            )

    async def _owner(self, principal: Principal, body: BaseModel, errors: dict[str, Any]) -> int | None:
        reference: Reference = getattr(body, self.kind.owner)
        try:
            found = await self.find_owner(
                principal, reference, self._project_id(body), codes_first=self.kind.owner == "project"
            )
        except Ambiguous as error:
            raise Conflict({"detail": SEVERAL, "projects": error.projects}) from error
        if found is None:
            errors[self.kind.owner] = [no_such_pk(reference)]
        return found

    def _project_id(self, body: BaseModel) -> int | None:
        sent: int | None = getattr(body, "project_id", None)
        asked = self.request.query_params.get("project_id", "")
        return int(asked) if sent is None and asked.isdecimal() else sent

    @staticmethod
    def _accept(received: Received | Refusal, errors: dict[str, Any]) -> None:
        if isinstance(received, Refusal):
            errors["image"] = [str(received)]

    async def _row(self, row_id: int, where: Where) -> bytes:
        if row_id > MAX_ID:
            raise NotFound
        where.add("t.id = {value}", row_id)
        shown = self.kind.resource.shown_to(asker(self.request))
        sql = shown.row_sql(f"{where.sql} and {shown.live}")
        row = await self.database.fetch_json(sql, where.parameters | {"base": base_url(self.request)})
        if row is None:
            raise NotFound
        return row

    async def _spread(self, events: Sequence[Any]) -> None:
        """Before the answer: nobody who was answered reads the old state."""
        self.request.app.state.caches.invalidate(*self.kind.topics)
        await self._direct_publisher.hand_over(events)
