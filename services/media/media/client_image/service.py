"""Pictures of clients."""

from functools import partial

from ecatalog.core.errors import FieldErrors
from ecatalog.entities.filters import exact
from ecatalog.http.idempotency import Key
from ecatalog.security.permissions import Principal
from starlette.responses import Response

from media.client_image.schemas import ClientImage, ClientImageBulk
from media.images.bulk import AMBIGUOUS, add_all
from media.images.filters import Related, images
from media.images.kind import ImageOwner
from media.images.models import CLIENT_IMAGE
from media.images.store import Store
from media.owners.service import Ambiguous

KIND = ImageOwner(
    owner="client",
    resource=images(CLIENT_IMAGE, ClientImage, {"client": "t.owner_id"}, exact("client_code_1c")),
    searched="concat_ws(' ', t.client_code_1c, t.owner_name, t.category, t.note)",
    related=(
        Related("client", "client", "owner_id", code="client_code_1c"),
        Related("status", "image_status", "status_id"),
    ),
)


async def bulk_upload(store: Store, principal: Principal, given: ClientImageBulk) -> Response:
    """201 with the new pictures as a plain array."""
    return await store.once(principal, given, partial(_add, store, principal, given))


async def _add(store: Store, principal: Principal, given: ClientImageBulk, key: Key | None) -> Response:
    try:
        owner_id = await store.find_owner(principal, given.client, given.project_id, codes_first=True)
    except Ambiguous as error:
        raise FieldErrors({"non_field_errors": [AMBIGUOUS]}) from error
    if owner_id is None:
        raise FieldErrors({"non_field_errors": [f"Client with code '{given.client}' not found."]})
    return await add_all(store, principal, owner_id, given, key, store.many)
