from ecatalog.projections import projects
from ecatalog.runtime.migrations import run_environment
from integration.alarms import schema as alarms
from integration.integrations import models as integrations
from integration.mappings import schema as mappings
from integration.syncs import schema as syncs
from integration.tables import Base

__all__ = ["integrations"]  # importing it fills the metadata

run_environment(Base.metadata, syncs.TABLES | mappings.TABLES | alarms.TABLES | projects.TABLES)
