import sys

from ecatalog.runtime.run import main

from auth.settings import AuthSettings

main("auth", AuthSettings)
if sys.argv[1:] == ["migrate"]:
    from auth.prepare import prepare

    prepare(AuthSettings())
