"""While an integration is paused, no run of it starts; one that is at work goes on."""

from collections.abc import Collection
from datetime import UTC, datetime

from ecatalog.core.clock import local_zone
from ecatalog.core.errors import FieldErrors
from ecatalog.db.pool import Transaction
from ecatalog.db.sql import compose, execute

from integration.integrations.models import Integration

PAST = "This must lie in the future."

PAUSED = compose("(i.is_paused and (i.paused_until is null or i.paused_until > %(now)s))")
"""SQL that is true while the integration ``i`` is paused."""

_PAUSE = compose(
    "select i.paused_by, i.paused_until, i.pause_reason from integration i where i.id = %(id)s and {paused}",
    paused=PAUSED,
)


async def pause_sentence(connection: Transaction, integration_id: int) -> str | None:
    """Say by whom an integration is paused, until when and why; None when it is not."""
    about = {"id": integration_id, "now": datetime.now(UTC)}
    found = await (await execute(connection, _PAUSE, about)).fetchone()
    if found is None:
        return None
    user_id, until, reason = found
    parts = ["Paused", f" by user {user_id}" if user_id else "", _until(until), f": {reason}" if reason else ""]
    return "".join(parts)


def is_expected(integration: Integration) -> bool:
    """Return whether runs are expected now: the integration is neither switched off nor paused."""
    until = integration.paused_until
    is_paused = integration.is_paused and (until is None or until > datetime.now(UTC))
    return integration.is_active and not is_paused


def settle_pause(integration: Integration, sent: Collection[str], user_id: int, *, was_expected: bool) -> None:
    """Complete what fields in ``sent`` say of a pause: who began it, and that nothing stays of one that is over.

    Runs are waited for from the moment on in which they are expected again. Raises :class:`FieldErrors`.
    """
    if integration.is_paused and integration.paused_until and integration.paused_until <= datetime.now(UTC):
        if "paused_until" in sent:
            raise FieldErrors({"paused_until": [PAST]})
        integration.is_paused, integration.paused_until = "is_paused" in sent, None
    if not integration.is_paused:
        integration.paused_by = integration.paused_until = integration.pause_reason = None
    elif integration.paused_by is None or ("is_paused" in sent and was_expected):
        integration.paused_by = user_id
    if is_expected(integration) and not was_expected:
        integration.watched_since = datetime.now(UTC)


def _until(moment: datetime | None) -> str:
    zone = local_zone()
    return f" until {moment.astimezone(zone):%Y-%m-%d %H:%M} ({zone.key})" if moment else ""
