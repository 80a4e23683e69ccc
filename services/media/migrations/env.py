from ecatalog.runtime.migrations import run_environment
from media.models import Base

run_environment(Base.metadata)
