"""Image statuses: seven from the start, more by the company's own wish. An inactive one is invisible."""

from typing import Any

from ecatalog.entities.rendering import Rendering

from media.references.service import References
from media.statuses.models import ImageStatus
from media.statuses.schemas import StatusAnswer

TABLE: Any = ImageStatus

STATUSES = References(
    kind="status",
    resource=Rendering(
        table=TABLE.__table__, schema=StatusAnswer, nested={"order": 't."order"'}, default_order="order,name"
    ),
    searched="concat_ws(' ', t.code, t.name)",
    taken={"code": ["Image Status with this code already exists."]},
    visible="t.is_active",
)
