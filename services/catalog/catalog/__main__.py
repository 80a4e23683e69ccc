from ecatalog.runtime.run import main

from catalog.settings import CatalogSettings

main("catalog", CatalogSettings)
