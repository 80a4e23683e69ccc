from ecatalog.runtime.run import main

from media.settings import MediaSettings

main("media", MediaSettings)
