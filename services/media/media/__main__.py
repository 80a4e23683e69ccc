from ecatalog.run import main

from media.settings import MediaSettings

main("media", MediaSettings)
