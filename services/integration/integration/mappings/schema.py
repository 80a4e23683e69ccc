"""The tables of mappings that no class stands for: the migrations make them, the statements of this package use them.

``mapping_version`` holds each mapping that a person gave an integration, as JSON. Version 1 is the preset of the
integration's kind and has no row. ``reverted_to`` is the version that a version repeats.

``source_field`` holds the fields of a stream that no column takes, as the last run that met them counted them: in how
many rows each was ``filled``, and one of its values as the ``sample``.
"""

TABLES = frozenset({"mapping_version", "source_field"})
