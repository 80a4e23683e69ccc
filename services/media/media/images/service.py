"""Reads and writes pictures of any owner."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from ecatalog.caching.caches import Caches
from ecatalog.caching.etag import require_match
from ecatalog.core.errors import Conflict, FieldErrors
from ecatalog.db.database import Database
from ecatalog.db.pool import Transaction
from ecatalog.db.render import render
from ecatalog.entities.filters import Where
from ecatalog.fields.types import no_such_pk
from ecatalog.http.idempotency import Key, Reply, SentKey, claim, keep, recall
from ecatalog.listing.entity_list import ListPage, Lists
from ecatalog.listing.list_request import ListRequest
from ecatalog.security.permissions import Principal

from media.direct_publish.service import DirectPublisher, publish_images
from media.files.service import Adopted, adopt
from media.images import rows
from media.images.declarations import ImageOwner
from media.images.schemas import ImageIn
from media.owners.lookup import Ambiguous, OwnerLookup, Reference, Wanted
from media.reading import narrow, read_row
from media.renditions.job import defer_renditions
from media.storage import Storage
from media.uploads.repeats import upload_key
from media.uploads.service import Received, Refusal, UploadReceiver

Answer = Callable[[Transaction, Sequence[int]], Awaitable[bytes]]
"""Renders the answer to a request that created the pictures with these ids."""

Errors = dict[str, list[str]]

SEVERAL = "This code exists in several projects. Send project_id (0 for the row without a project)."


@dataclass(frozen=True)
class ImageContext:
    """The parts of the process that writing pictures needs."""

    database: Database
    caches: Caches
    storage: Storage
    receiver: UploadReceiver
    owners: OwnerLookup
    publisher: DirectPublisher


async def page(lists: Lists, context: ImageContext, owner: ImageOwner, asked: ListRequest) -> ListPage:
    where = owner.visible(asked.asker)
    for related in owner.related:
        await related.apply(context.database, context.owners, asked.query, where, owner.regions(asked.asker))
    narrow(where, asked.query.get("search", ""), owner.searched)
    return await lists.page(asked, owner.rendering, where, default="page")


async def show(database: Database, owner: ImageOwner, user: Principal | None, base_url: str, image_id: int) -> bytes:
    rendering = owner.rendering.shown_to(user)
    return await read_row(database, rendering, image_id, owner.visible(user), base=base_url)


async def create(
    context: ImageContext, owner: ImageOwner, user: Principal, base_url: str, sent: SentKey, body: ImageIn,
    project_id: int | None,
) -> Reply:  # fmt: skip
    """Create a picture, or raise all that is wrong with its owner and its file at once."""
    key = await upload_key(sent, user.user_id, body)
    earlier = await recall(context.database, key)
    if earlier is not None:
        return earlier

    async def answer(connection: Transaction, ids: Sequence[int]) -> bytes:
        return await render(connection, owner.rendering.row_sql("t.id = %(id)s"), {"id": ids[0], "base": base_url})

    async with context.receiver.receive([body.image]) as [received]:
        errors: Errors = {}
        owner_id = await _find_owner(context, owner, user, body, project_id, errors)
        errors |= _refusals([received])
        if errors or owner_id is None or isinstance(received, Refusal):
            raise FieldErrors(errors)
        values = body.model_dump(include=owner.columns)
        return await add(context, owner, user, owner_id, [received], values, key, answer)


async def change(
    context: ImageContext, owner: ImageOwner, user: Principal, base_url: str, image_id: int, if_match: str | None,
    body: ImageIn, project_id: int | None,
) -> bytes:  # fmt: skip
    """Change only what was sent; another picture comes under another address."""
    database, sent = context.database, body.model_fields_set
    current = await read_row(database, owner.rendering, image_id, owner.changeable(user), base=base_url)
    require_match(if_match, current)
    async with context.receiver.receive([body.image] if "image" in sent else []) as received:
        errors: Errors = {}
        owner_id = None
        if owner.name in sent:
            owner_id = await _find_owner(context, owner, user, body, project_id, errors)
        errors |= _refusals(received)
        if errors:
            raise FieldErrors(errors)
        async with database.transaction() as connection:
            files = [one for one in received if isinstance(one, Received)]
            shown = await _store(connection, context.storage, files)
            values = body.model_dump(include=sent & owner.columns)
            changed = await rows.update(connection, image_id, values, owner_id, shown[0] if shown else None)
            events = await publish_images(connection, changed)
    await _spread(context, owner, events)
    return await read_row(database, owner.rendering, image_id, Where(), base=base_url)


async def delete(context: ImageContext, owner: ImageOwner, user: Principal, image_id: int) -> None:
    await read_row(context.database, owner.rendering, image_id, owner.changeable(user), base="")
    async with context.database.transaction() as connection:
        events = await publish_images(connection, await rows.delete(connection, image_id))
    await _spread(context, owner, events)


async def add(
    context: ImageContext, owner: ImageOwner, user: Principal, owner_id: int, received: Sequence[Received],
    values: dict[str, Any], key: Key | None, answer: Answer,
) -> Reply:  # fmt: skip
    """Store files and create their pictures, the first as the main one if ``values`` say so."""
    created: list[int] = []
    changed: dict[int, None] = {}
    async with context.database.transaction() as connection:
        earlier = await claim(connection, key)
        if earlier is not None:
            return earlier
        for shown in await _store(connection, context.storage, received):
            touched = await rows.insert(connection, rows.Owner(owner.name, owner_id), shown, values, user.user_id)
            changed |= dict.fromkeys(touched)
            created.append(touched[-1])
            values = values | {"is_main": False}
        events = await publish_images(connection, list(changed))
        body = await answer(connection, created)
        await keep(connection, key, body)
    await _spread(context, owner, events)
    return Reply(body)


async def _store(connection: Transaction, storage: Storage, received: Sequence[Received]) -> list[rows.Shown]:
    """Store the files of pictures, in an order in which no two requests wait for each other."""
    files: dict[str, Adopted] = {}
    for one in sorted(received, key=lambda each: each.checked.sha256):
        files[one.checked.sha256] = await adopt(connection, storage, one.checked, one.folder)
    await defer_renditions(connection, [file.id for file in files.values() if file.is_waiting])
    return [rows.Shown(files[one.checked.sha256].id, one.stem, one.ending) for one in received]


async def _find_owner(
    context: ImageContext, owner: ImageOwner, user: Principal, body: ImageIn, project_id: int | None,
    errors: Errors,
) -> int | None:  # fmt: skip
    """Return the id of the owner that a body names; one that does not exist is put into ``errors``."""
    reference: Reference = getattr(body, owner.name)
    sent: int | None = getattr(body, "project_id", None)
    try:
        found = await context.owners.find(
            Wanted(
                owner.name, reference, codes_first=owner.name == "project",
                project_id=project_id if sent is None else sent, regions=owner.regions(user),
            )
        )  # fmt: skip
    except Ambiguous as error:
        raise Conflict({"detail": SEVERAL, "projects": error.projects}) from error
    if found is None:
        errors[owner.name] = [no_such_pk(reference)]
    return found


def _refusals(received: Sequence[Received | Refusal]) -> Errors:
    refused = [str(one) for one in received if isinstance(one, Refusal)]
    return {"image": refused} if refused else {}


async def _spread(context: ImageContext, owner: ImageOwner, events: Sequence[UUID]) -> None:
    """Make a change known before its client is answered: nobody who was answered reads the old state."""
    context.caches.invalidate(*owner.topics)
    await context.publisher.hand_over(events)
