from auth import models
from ecatalog.projections.projects import TABLES
from ecatalog.runtime.migrations import run_environment

run_environment(models.Base.metadata, TABLES)
