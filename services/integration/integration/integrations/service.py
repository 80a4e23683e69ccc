"""Reading and changing integrations."""

from collections.abc import Sequence
from typing import Any
from urllib.parse import urlsplit

from ecatalog.caching.etag import require_match
from ecatalog.contracts.integration import INTEGRATION_CHANGED, IntegrationChanged, SyncType
from ecatalog.core.errors import FieldErrors, NotFound
from ecatalog.db.database import Database, transaction_of
from ecatalog.db.pool import Transaction
from ecatalog.db.sql import compose, execute
from ecatalog.entities.rendering import Rendering
from ecatalog.events.outbox import publish
from ecatalog.fields.types import BLANK
from ecatalog.http.body import REQUIRED
from ecatalog.projections.projects import Catalog, resolve
from ecatalog.security.encryption import DecryptionFailed, Encryption
from sqlalchemy import Numeric, cast, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from integration.connectors.soap import Cause, SourceError, SourceSettings
from integration.integrations.kinds import EXCHANGE, SOAP
from integration.integrations.models import Integration
from integration.integrations.pause import is_expected, settle_pause
from integration.integrations.schemas import IntegrationIn, IntegrationOut
from integration.settings import IntegrationSettings

PASSWORD_AGAIN = "Changing the scheme, host or port of the address needs the password again."  # noqa: S105 - a message

NOT_CALLED = "1C brings the rows of this integration itself, so there is no service to call."
KIND_STAYS = "The integration has run already, so its kind stays: make another one of that kind."

RESOURCE = Rendering(
    table=Integration.__table__,  # type: ignore[attr-defined]  # SQLModel adds it
    schema=IntegrationOut,
    nested={
        "project": "t.project_id",
        "project_name": "select p.name from project p where p.id = t.project_id",
        "project_code_1c": "select p.code_1c from project p where p.id = t.project_id",
        "has_password": "t.password is not null",
        "base": "coalesce(t.base, t.id::text)",
        "exchange_url": f"case t.kind when '{EXCHANGE}' then %(base)s::text || '/1c/' || t.id || '/' end",
        "exchange_login": f"case t.kind when '{EXCHANGE}' then 'exchange-' || t.id end",
        "has_exchange_password": "t.exchange_password is not null",
        "is_paused": "t.is_paused and (t.paused_until is null or t.paused_until > now())",
    },
)

_LIST = compose(
    "select coalesce(json_agg(row_to_json(x)), '[]'::json) from (select {fields} from integration t"
    " where {live} order by t.created_at desc, t.id desc) x",
    fields=RESOURCE.fields,
    live=RESOURCE.live,
)
_ONE = RESOURCE.row_sql(f"t.id = %(id)s and (%(hidden)s or {RESOURCE.live})")

_HAS_RUN = "select from job where task = 'sync' and subject = %(subject)s limit 1"
_DROP_VERSIONS = "delete from mapping_version where integration_id = %(id)s"
_CURRENT = "select id, project_id, is_active, is_deleted from integration where id = any(%(ids)s) order by id"


async def list_all(database: Database, base: str) -> bytes:
    """Return the integrations that are not deleted as a JSON array, newest first. ``base`` is the gateway's address."""
    return await database.fetch_json(_LIST, {"base": base}) or b"[]"


async def read(database: Database, integration_id: int, base: str, *, hidden: bool = False) -> bytes:
    """Return one integration as JSON; a deleted one only if ``hidden``, for the answer to what deleted it."""
    found = await database.fetch_json(_ONE, {"id": integration_id, "hidden": hidden, "base": base})
    if found is None:
        raise NotFound
    return found


async def load(session: AsyncSession, integration_id: int) -> Integration:
    """Return the row, locked until the transaction ends. A number that no id can be is unknown like any other."""
    query = select(Integration).where(
        Integration.id == cast(integration_id, Numeric),  # type: ignore[arg-type]  # SQLModel types columns as values
        ~Integration.is_deleted,  # type: ignore[arg-type]  # the same
    )
    found = (await session.execute(query.with_for_update())).scalar_one_or_none()
    if found is None:
        raise NotFound
    return found


async def service_of(
    database: Database, integration_id: int, stream: SyncType, settings: IntegrationSettings
) -> tuple[SourceSettings, str]:
    """Return the settings that reach the service of an integration, and the operation that gives a list.

    Raises :class:`NotFound` or a SourceError.
    """
    async with database.session() as session:
        integration = await load(session, integration_id)
    operation: str = getattr(integration, f"method_{stream}")
    return source_settings(integration, settings), operation


async def create(
    database: Database, given: IntegrationIn, encryption: Encryption, catalog: Catalog, base: str, user_id: int
) -> bytes:
    """Create an integration; an unknown project is a field error."""
    values = given.model_dump(exclude={"project", "password", "username"})
    async with database.session() as session:
        project_id = await _project_id(session, given, catalog)
        integration = Integration(**values, project_id=project_id, username=given.username or "")
        integration.password = _encrypted(given, encryption)
        _settle_kind(integration)
        settle_pause(integration, given.model_fields_set, user_id, was_expected=False)
        session.add(integration)
        created = await _publish_change(session, integration)
    return await read(database, created, base, hidden=True)


async def change(
    database: Database, integration_id: int, given: IntegrationIn, encryption: Encryption, catalog: Catalog,
    if_match: str | None, base: str, user_id: int,
) -> bytes:  # fmt: skip
    """Take over the fields that were sent, if the row is what the client read."""
    require_match(if_match, await read(database, integration_id, base))
    sent = given.model_fields_set
    async with database.session() as session:
        integration = await load(session, integration_id)
        was_expected = is_expected(integration)
        project_id = await _project_id(session, given, catalog) if "project" in sent else integration.project_id
        if "kind" in sent and given.kind != integration.kind:
            await _change_kind(session, integration)
            integration.kind = given.kind
        if "wsdl_url" in sent and integration.kind == SOAP:
            _check_address(integration, given)
        for name in sent - {"project", "password", "username"}:
            setattr(integration, name, getattr(given, name))
        integration.project_id = project_id
        if "username" in sent:
            integration.username = given.username or ""
        if "password" in sent:
            integration.password = _encrypted(given, encryption)
        _settle_kind(integration)
        settle_pause(integration, sent, user_id, was_expected=was_expected)
        await _publish_change(session, integration)
    return await read(database, integration_id, base, hidden=True)


async def delete(database: Database, integration_id: int) -> None:
    async with database.session() as session:
        integration = await load(session, integration_id)
        integration.is_deleted = True
        await _publish_change(session, integration)


async def read_row(database: Database, integration_id: int) -> Integration:
    """Return the row of an integration that is not deleted."""
    async with database.session() as session:
        return await load(session, integration_id)


async def _change_kind(session: AsyncSession, integration: Integration) -> None:
    """Begin anew with the preset of another kind: what no run has used is worth nothing to it."""
    connection = await transaction_of(session)
    key = {"id": integration.id, "subject": f"integration/{integration.id}"}
    if await (await execute(connection, _HAS_RUN, key)).fetchone() is not None:
        raise FieldErrors({"kind": [KIND_STAYS]})
    await execute(connection, _DROP_VERSIONS, key)
    integration.mapping_version = 1


def _settle_kind(integration: Integration) -> None:
    """Keep the address and the operations of a service that is called, and of no other."""
    integration.base = integration.base or None
    if integration.kind != SOAP:
        integration.wsdl_url = integration.method_nomenklatura = integration.method_clients = ""
        return
    if not integration.wsdl_url:  # it was of another kind
        raise FieldErrors({"wsdl_url": [REQUIRED]})
    defaults = IntegrationIn.model_fields
    integration.method_nomenklatura = integration.method_nomenklatura or defaults["method_nomenklatura"].default
    integration.method_clients = integration.method_clients or defaults["method_clients"].default


async def _project_id(session: AsyncSession, given: IntegrationIn, catalog: Catalog) -> int:
    return await resolve(await transaction_of(session), given.project, catalog=catalog)


async def _publish_change(session: AsyncSession, integration: Integration) -> int:
    integration.updated_at = func.now()  # type: ignore[assignment]  # the database's clock
    await session.flush()
    integration_id = integration.id or 0
    await republish(await transaction_of(session), [integration_id])
    return integration_id


async def republish(connection: Transaction, ids: Sequence[int]) -> None:
    """Publish integrations, whose rows are locked, as they are."""
    rows = await execute(connection, _CURRENT, {"ids": list(ids)})
    for integration_id, project_id, is_active, is_deleted in await rows.fetchall():
        changed = IntegrationChanged(
            integration_id=integration_id, project_id=project_id, is_active=is_active, is_deleted=is_deleted
        )
        await publish(connection, INTEGRATION_CHANGED, changed, key=integration_id)


def _encrypted(given: IntegrationIn, encryption: Encryption) -> bytes | None:
    return encryption.encrypt(given.password.encode()) if given.password else None


def _check_address(integration: Integration, given: IntegrationIn) -> None:
    """A stored password must not be sent to a server that it was not entered for."""
    if not given.wsdl_url:
        raise FieldErrors({"wsdl_url": [BLANK]})
    keeps_password = "password" not in given.model_fields_set and integration.password is not None
    if keeps_password and _server(integration.wsdl_url) != _server(given.wsdl_url):
        raise FieldErrors({"password": [PASSWORD_AGAIN]})


def _server(address: str) -> tuple[Any, ...]:
    parts = urlsplit(address)
    scheme = parts.scheme.lower()
    return scheme, (parts.hostname or "").lower(), parts.port or {"http": 80, "https": 443}.get(scheme)


def source_settings(integration: Integration, settings: IntegrationSettings) -> SourceSettings:
    """Return the settings that reach the source; raises a SourceError when its password cannot be read any more."""
    try:
        password = settings.encryption.decrypt(integration.password).decode() if integration.password else ""
    except DecryptionFailed as error:
        message = "The stored password cannot be read because SECRET_KEY has changed: enter it again"
        raise SourceError(message, Cause.UNAUTHORIZED) from error
    return SourceSettings(
        wsdl_url=integration.wsdl_url,
        username=integration.username,
        password=password,
        timeout=integration.timeout,
        invert_is_active=integration.invert_is_active,
        addresses=settings.addresses,
    )
