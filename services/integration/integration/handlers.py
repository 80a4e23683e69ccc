"""The handlers of other services' events."""

from ecatalog.contracts.catalog import CHUNK_APPLIED, KEYED_CHUNK_APPLIED, PROJECT_CHANGED
from ecatalog.events.consumer import Handlers
from ecatalog.projections.projects import project_changed

from integration.runs.results import add_result as add_keyed_result
from integration.syncs.results import add_result

CATALOG: Handlers = {PROJECT_CHANGED: project_changed}
CATALOG_INTERNAL: Handlers = {CHUNK_APPLIED: add_result, KEYED_CHUNK_APPLIED: add_keyed_result}
