"""What this service does with the events of others."""

from ecatalog.contracts.catalog import CHUNK_APPLIED, PROJECT_CHANGED
from ecatalog.events.consumer import Handlers

from integration.projects.service import apply as apply_projects
from integration.syncs.results import add_result

CATALOG: Handlers = {PROJECT_CHANGED: apply_projects}
CATALOG_INTERNAL: Handlers = {CHUNK_APPLIED: add_result}
