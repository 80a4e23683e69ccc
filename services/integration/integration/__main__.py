from ecatalog.run import main

from integration.settings import IntegrationSettings

main("integration", IntegrationSettings)
