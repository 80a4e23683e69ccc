"""The tables of runs that no class stands for: the migrations make them, and statements of this service use them.

Of a run alone, and gone with it:

- ``staged_record``: a record of the source after the mapping. ``payload`` are its columns as JSON, or ``reason`` says
  what is wrong; ``fills`` are the columns of a new row only. ``n`` is its place in the source's list, ``hash`` is of
  all that would be sent. ``is_keyless`` marks a row without a key of its own, whose ``key`` is its code, ``is_skipped``
  one that the mapping leaves out, ``was`` is the key that a row with this code had and that is gone.
- ``staged_offer``, ``staged_value``: a list of prices or stock of one product or variant, and what it says of each
  price type or warehouse. Without ``is_list`` it gives the total alone; ``is_empty`` says that there is nothing of any.
- ``staged_entry``: what the classifiers of the run say; :func:`settle` makes it a ``classifier_entry``.
- ``ready_row``: a row as it travels to the catalog, in the order in which it is to be applied.
- ``failed_row``: the keys that the catalog did not take.
- ``seen_key``: the keys that the files of an open set brought in whole lists; gone with the set.

``sync_run`` keeps the project, the base and the version of the mapping that a run began with, ``sync_stream`` the
numbers of each of its streams, both as long as its job. ``whole`` are the scopes of a stream that were read as a whole,
``spoken`` the price types or warehouses that it speaks for.

What was applied, which outlives runs:

- ``source_record``: the memory of a stream, a row for each key. ``labels`` are the group names that the row got.
- ``source_snapshot``: whether that memory may be trusted (``is_stale``), when the last whole list was applied, and the
  project, base and version of the mapping that it is of.
- ``source_value``: what a base last said of prices and stock. ``of`` is the price type or warehouse, "" is the total.
- ``source_parked``: the keys of products that have prices or stock and are not in the catalog.
- ``classifier_entry``: what the classifiers of a source say of the words that its records use.

The staged tables have no keys, for the reason that ``staged_row`` has none.
"""

TABLES = frozenset(
    {
        "staged_record", "staged_offer", "staged_value", "staged_entry", "ready_row", "failed_row", "seen_key",
        "sync_run", "sync_stream", "source_record", "source_snapshot", "source_value", "source_parked",
        "classifier_entry",
    }
)  # fmt: skip
