from ecatalog.runtime.migrations import run_environment
from location.points import models as points
from location.tables import Base

__all__ = ["points"]  # importing them fills the metadata

run_environment(Base.metadata)
