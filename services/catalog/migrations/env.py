from catalog import search_maintenance
from catalog.descriptions import todo
from catalog.imports import files
from catalog.integrations import service as integrations
from catalog.keys import refs
from catalog.tables import Base
from ecatalog.runtime.migrations import run_environment

run_environment(
    Base.metadata, files.TABLES | todo.TABLES | integrations.TABLES | search_maintenance.TABLES | refs.TABLES
)
