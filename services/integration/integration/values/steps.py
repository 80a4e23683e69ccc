"""What a run does with prices and stock, step by step: the functions that it calls, and when.

=======  ==============================================================================================================
phase    steps
=======  ==============================================================================================================
fetch    ``stage`` for each batch of the streams ``prices`` and ``stock``; after the last one ``end_staging``
compare  ``unknown_products`` without a transaction; then in that of the phase ``add_ready_rows``
dry run  the same, and ``count`` in the end
apply    nothing: rows of the streams ``prices`` and ``stock`` in ``ready_row`` are "columns alone", from n = 0 each
settle   ``unknown_products`` without a transaction; then in that of the phase ``settle``
=======  ==============================================================================================================

All but ``unknown_products`` work in the transaction of the caller, and can be repeated in another one. They make
temporary tables, which end with it.
"""

from integration.values.columns import add_ready_rows
from integration.values.counting import count
from integration.values.merge import settle
from integration.values.parked import unknown_products
from integration.values.run import OfferCounts, ValuesRun
from integration.values.spoken import Staged, end_staging
from integration.values.staging import stage

__all__ = [
    "OfferCounts", "Staged", "ValuesRun", "add_ready_rows", "count", "end_staging", "settle", "stage",
    "unknown_products",
]  # fmt: skip
