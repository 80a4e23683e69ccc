"""Lists all kinds of rows that clients read and write."""

from ecatalog.entities.entity import Entity

from catalog.entities.client import CLIENT
from catalog.entities.nomenklatura import NOMENKLATURA
from catalog.entities.project import PROJECT

ENTITIES: dict[str, Entity] = {one.name: one for one in (PROJECT, CLIENT, NOMENKLATURA)}
"""Each entity stands under the name of its table, which stands in paths, too."""
