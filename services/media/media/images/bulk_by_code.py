"""The bulk upload of projects and products, which name their owner by its code and speak Uzbek."""

from collections.abc import Sequence
from functools import partial
from typing import Any

from ecatalog.core.errors import ApiError, BadRequest
from ecatalog.http.body import REQUIRED
from ecatalog.http.idempotency import Key
from ecatalog.security.permissions import Principal
from psycopg import AsyncConnection
from starlette.responses import Response

from media.images.bulk import AMBIGUOUS, add_all
from media.images.schemas import BulkFields
from media.images.store import Store
from media.owners.service import Ambiguous


class OwnerNotFound(ApiError):
    status = 404


async def bulk_upload(store: Store, principal: Principal, code: str, given: BulkFields) -> Response:
    """201 with a message and the new pictures."""
    return await store.once(principal, given, partial(_add, store, principal, code, given))


async def _add(store: Store, principal: Principal, code: str, given: BulkFields, key: Key | None) -> Response:
    owner = store.kind.owner
    if not code:
        several = {} if given.images else {owner: [REQUIRED], "images": [REQUIRED]}
        raise BadRequest({"error": f"{owner} code_1c talab qilinadi"} | several)
    try:
        owner_id = await store.find_owner(principal, code, given.project_id, codes_first=True)
    except Ambiguous as error:
        raise BadRequest({"error": AMBIGUOUS}) from error
    if owner_id is None:
        raise OwnerNotFound({"error": f"{owner.capitalize()} topilmadi"})
    if not given.images:
        raise BadRequest({"error": "Rasmlar talab qilinadi"})

    async def shape(connection: AsyncConnection[Any], ids: Sequence[int]) -> bytes:
        message = f'"{len(ids)} ta rasm muvaffaqiyatli yuklandi"'.encode()
        return b'{"message":%s,"images":%s}' % (message, await store.many(connection, ids))

    return await add_all(store, principal, owner_id, given, key, shape)
