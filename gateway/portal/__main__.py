import uvicorn
from ecatalog.telemetry.logging import configure_logging

from portal.main import create
from portal.settings import PortalSettings

settings = PortalSettings()
configure_logging("portal", settings.log_level)
uvicorn.run(
    create(settings), host=settings.host, port=settings.port, log_config=None, access_log=False, proxy_headers=False
)
