"""Many pictures of one owner in one request: all of them are taken, or none."""

from collections.abc import Sequence

from ecatalog.core.errors import ApiError, BadRequest, FieldErrors
from ecatalog.db.pool import Transaction
from ecatalog.db.render import render
from ecatalog.fields.column import columns_of
from ecatalog.http.body import REQUIRED
from ecatalog.http.idempotency import Reply, SentKey, recall
from ecatalog.security.permissions import Principal
from starlette.datastructures import UploadFile

from media.images.declarations import ImageOwner
from media.images.models import ImageBase
from media.images.schemas import BulkIn
from media.images.service import ImageContext, add
from media.owners.lookup import Ambiguous, Wanted
from media.uploads.fields import NOT_A_FILE
from media.uploads.repeats import upload_key
from media.uploads.service import Received, Refusal

AMBIGUOUS = "Ushbu kod bir nechta loyihada mavjud. Iltimos, project_id ni yuboring."
COLUMNS = {*columns_of(ImageBase)}


class OwnerNotFound(ApiError):
    status = 404


async def add_all(
    context: ImageContext, owner: ImageOwner, user: Principal, base_url: str, sent: SentKey, body: BulkIn
) -> Reply:
    """Create the pictures in the order of the files. Raises :class:`FieldErrors` by the files' numbers."""
    key = await upload_key(sent, user.user_id, body)
    earlier = await recall(context.database, key)
    if earlier is not None:
        return earlier

    async def answer(connection: Transaction, ids: Sequence[int]) -> bytes:
        return _answer(
            owner, len(ids), await render(connection, owner.rendering.rows_sql, {"ids": ids, "base": base_url})
        )

    owner_id = await _find_owner(context, owner, user, body)
    _refuse({number: NOT_A_FILE for number, one in enumerate(body.images) if not isinstance(one, UploadFile)})
    async with context.receiver.receive(body.images) as received:
        _refuse({number: str(one) for number, one in enumerate(received) if isinstance(one, Refusal)})
        files = [one for one in received if isinstance(one, Received)]
        return await add(context, owner, user, owner_id, files, body.model_dump(include=COLUMNS), key, answer)


def _refuse(problems: dict[int, str]) -> None:
    if problems:
        raise FieldErrors({"images": {str(number): [problem] for number, problem in problems.items()}})


async def _find_owner(context: ImageContext, owner: ImageOwner, user: Principal, body: BulkIn) -> int:
    """Return the id of the owner that is named by its code; raises what each kind of owner answers when there is none.

    Projects and products may lack any field, and their refusals are in Uzbek.
    """
    code: str = getattr(body, owner.name)
    is_client = owner.name == "client"
    if not code:
        several = {} if body.images else {owner.name: [REQUIRED], "images": [REQUIRED]}
        raise BadRequest({"error": f"{owner.name} code_1c talab qilinadi"} | several)
    try:
        found = await context.owners.find(Wanted(owner.name, code, True, body.project_id, owner.regions(user)))
    except Ambiguous as error:
        refused = {"non_field_errors": [AMBIGUOUS]} if is_client else {"error": AMBIGUOUS}
        raise BadRequest(refused) from error
    if found is None and is_client:
        raise FieldErrors({"non_field_errors": [f"Client with code '{code}' not found."]})
    if found is None:
        raise OwnerNotFound({"error": f"{owner.name.capitalize()} topilmadi"})
    if not body.images:
        raise BadRequest({"error": "Rasmlar talab qilinadi"})
    return found


def _answer(owner: ImageOwner, number: int, images: bytes) -> bytes:
    """Return the new pictures: alone for clients, after a message for the others."""
    if owner.name == "client":
        return images
    return b'{"message":"%d ta rasm muvaffaqiyatli yuklandi","images":%s}' % (number, images)
