"""The handlers of other services' events."""

from ecatalog.contracts.catalog import PROJECT_CHANGED
from ecatalog.events.consumer import Handlers
from ecatalog.projections.projects import project_changed

HANDLERS: Handlers = {PROJECT_CHANGED: project_changed}
