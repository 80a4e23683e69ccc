"""Many pictures of one owner in one request: all of them are taken, or none."""

from typing import Any

from ecatalog.core.errors import FieldErrors
from ecatalog.http.idempotency import Key
from ecatalog.security.permissions import Principal
from starlette.datastructures import UploadFile
from starlette.responses import Response

from media.images.schemas import BulkFields
from media.images.store import Shape, Store
from media.uploads.fields import NOT_A_FILE
from media.uploads.service import Received, Refusal

AMBIGUOUS = "Ushbu kod bir nechta loyihada mavjud. Iltimos, project_id ni yuboring."


async def add_all(
    store: Store, principal: Principal, owner_id: int, given: BulkFields, key: Key | None, shape: Shape
) -> Response:
    """201 with the new pictures, in the order of the files; raises :class:`FieldErrors` by the files' numbers."""
    problems = {str(number): [NOT_A_FILE] for number, one in enumerate(given.images) if not isinstance(one, UploadFile)}
    if problems:
        raise FieldErrors({"images": problems})
    async with store.intake.receive(given.images) as found:
        problems = {str(number): [str(one)] for number, one in enumerate(found) if isinstance(one, Refusal)}
        if problems:
            raise FieldErrors({"images": problems})
        values: dict[str, Any] = given.model_dump(include={"category", "note", "is_main", "status_id", "source_id"})
        received = [one for one in found if isinstance(one, Received)]
        return await store.add(principal, owner_id, received, values, key, shape)
