from auth import models
from ecatalog.migrations import run_environment

run_environment(models.Base.metadata)
