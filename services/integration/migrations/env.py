from ecatalog.runtime.migrations import run_environment
from integration.dispatch import models as dispatch
from integration.integrations import models as integrations
from integration.projects import models as projects
from integration.staging import models as staging
from integration.tables import Base
from integration.tasks import models as tasks

__all__ = ["dispatch", "integrations", "projects", "staging", "tasks"]  # importing them fills the metadata

run_environment(Base.metadata)
