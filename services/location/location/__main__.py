from ecatalog.runtime.run import main

from location.settings import LocationSettings

main("location", LocationSettings)
