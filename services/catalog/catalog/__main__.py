from ecatalog.run import main

from catalog.settings import CatalogSettings

main("catalog", CatalogSettings)
