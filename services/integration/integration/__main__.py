from ecatalog.runtime.run import main

from integration.settings import IntegrationSettings

main("integration", IntegrationSettings)
