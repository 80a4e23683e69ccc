from ecatalog.projections import projects
from ecatalog.runtime.migrations import run_environment
from integration.alarms import schema as alarms
from integration.exchange import schema as exchange
from integration.files import schema as files
from integration.integrations import models as integrations
from integration.mappings import schema as mappings
from integration.runs import schema as runs
from integration.syncs import schema as syncs
from integration.tables import Base

__all__ = ["integrations"]  # importing it fills the metadata

TABLES = frozenset[str]().union(
    syncs.TABLES, runs.TABLES, files.TABLES, exchange.TABLES, mappings.TABLES, alarms.TABLES, projects.TABLES
)

run_environment(Base.metadata, TABLES)
