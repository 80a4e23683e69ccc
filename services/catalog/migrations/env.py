from importlib import import_module

from catalog.descriptions import todo
from catalog.imports import files
from catalog.tables import Base
from ecatalog.runtime.migrations import run_environment

for feature in ("client", "descriptions", "images", "integrations", "nomenklatura", "project"):
    import_module(f"catalog.{feature}.models")  # adds its tables to the metadata

run_environment(Base.metadata, files.TABLES | todo.TABLES)
