"""The kinds of rows that are imported, by the name that stands in the path."""

from catalog.client import service as client
from catalog.nomenklatura import service as nomenklatura
from catalog.project import service as project
from catalog.rows import Kind

KINDS: dict[str, Kind] = {service.STORE.kind.name: service.STORE.kind for service in (project, client, nomenklatura)}
