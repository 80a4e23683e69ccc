"""Pictures of clients as clients of the API send and see them."""

from typing import Annotated, Any

from ecatalog.fields.types import Text
from pydantic import BaseModel

from media.images.schemas import Addresses, BulkFields, Described, ImageProject, Made, OwnedImageBody, Picture
from media.uploads.fields import Files, OwnerReference


class _Owner(BaseModel):
    client: Annotated[int | str, OwnerReference()]


class ClientImageBody(OwnedImageBody, _Owner):
    pass


class _OwnerCode(BaseModel):
    client: Annotated[str, Text(100, blank=False)]


class ClientImageBulk(BulkFields, _OwnerCode):
    images: Annotated[list[Any], Files()]
    category: Annotated[str, Text(120)] = "other"


class _Identity(BaseModel):
    id: int
    client: int
    project: ImageProject | None
    client_code_1c: str


# Fields come in the order of the bases from the last to the first.
class ClientImage(Made, Described, Addresses, Picture, _Identity):
    pass
