"""Finding out whether a source can be used, what it offers, and what a mapping makes of it."""

from typing import cast

from ecatalog.core.errors import FieldErrors
from ecatalog.db.database import Database

from integration.checks.files import check_files, sample_files
from integration.checks.schemas import CheckOut, SampleIn, SampleOut
from integration.checks.soap import check_service, sample_service
from integration.integrations.kinds import SOAP, IntegrationKind
from integration.integrations.service import read_row
from integration.mappings import validation
from integration.mappings.model import Mapping
from integration.mappings.reading import current
from integration.mappings.stored import completed
from integration.settings import IntegrationSettings


async def check(database: Database, integration_id: int, settings: IntegrationSettings) -> CheckOut:
    """Find out whether the source can be used, and what is known of it."""
    integration = await read_row(database, integration_id)
    _, mapping = await current(database, integration_id)
    if integration.kind == SOAP:
        return await check_service(database, integration, mapping, settings)
    return await check_files(database, integration, mapping)


async def sample(database: Database, integration_id: int, given: SampleIn, settings: IntegrationSettings) -> SampleOut:
    """Return the first records of a stream as the mapping reads them, or as a draft of one does; nothing is stored."""
    integration = await read_row(database, integration_id)
    mapping = await _mapping(database, integration_id, cast(IntegrationKind, integration.kind), given)
    if integration.kind == SOAP:
        return await sample_service(integration, mapping, given, settings)
    return await sample_files(database, integration, mapping, given)


async def _mapping(database: Database, integration_id: int, kind: IntegrationKind, given: SampleIn) -> Mapping:
    """Return the draft, which must be one that could be stored, or the mapping that counts."""
    if given.mapping is None:
        _, mapping = await current(database, integration_id)
        return mapping
    draft = completed(given.mapping.document)
    try:
        validation.check(draft, kind)
    except FieldErrors as error:
        raise FieldErrors({f"mapping.{path}": messages for path, messages in error.body.items()}) from None
    return draft
