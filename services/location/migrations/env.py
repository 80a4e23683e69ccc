from ecatalog.migrations import run_environment
from location.tables import Base

run_environment(Base.metadata)
