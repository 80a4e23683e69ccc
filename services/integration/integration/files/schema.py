"""The tables of files that no class stands for: the migrations make them, the statements of this package use them.

``source_set`` is what belongs together: the files of one exchange or upload. It is open until 1C says that it is
complete, or is silent for too long (``closed_at``), and ends with its runs (``ended_at``): ``succeeded``, ``failed``,
or ``left`` when not all that came was imported. ``files`` counts what came, ``left_out`` the pictures and others among
them of which nothing is kept, ``bytes`` what is kept. ``missing`` is the number of keys that a complete set did not
bring.

``source_file`` is a file of a set, ``source_piece`` its bytes from ``start`` on: at most 1 MB each, without a gap. A
file begins anew under the same name once an import of the earlier one was asked for; the newest counts.

``source_document`` is what an import may name: a file, or the ``member`` of an archive whose members are known
(``is_listed``), and the job that imports it.
"""

TABLES = frozenset({"source_set", "source_file", "source_piece", "source_document"})
