"""The columns that a product has from its group, as they travel in its row and are remembered with it."""

from ecatalog.db.sql import Sql, compose, join

from integration.connectors.commerceml.rows import PRODUCTS
from integration.mappings.model import Mapping

_NONE = compose("null::text")
_COLUMNS = {
    "roditel": compose("""'"roditel":' || to_json(g.roditel)::text"""),
    "category": compose("""'"category":' || to_json(g.category)::text"""),
}


def labels_of(mapping: Mapping, stream: str) -> Sql:
    """Write SQL for the columns of the row ``g`` of ``group_label``: members of a JSON object, or null.

    A column that a field fills is not among them.
    """
    if stream != PRODUCTS or stream not in mapping.streams:
        return _NONE
    parts = [sql for column, sql in _COLUMNS.items() if column not in mapping.streams[stream].fields]
    return compose("nullif(concat_ws(',', {parts}), '')", parts=join(", ", parts)) if parts else _NONE
