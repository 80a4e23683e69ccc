from ecatalog.runtime.migrations import run_environment
from integration.integrations import models as integrations
from integration.projects import models as projects
from integration.syncs.schema import TABLES
from integration.tables import Base

__all__ = ["integrations", "projects"]  # importing them fills the metadata

run_environment(Base.metadata, TABLES)
