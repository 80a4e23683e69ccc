from ecatalog.migrations import run_environment
from media.tables import Base

run_environment(Base.metadata)
