"""The table of sessions that no class stands for: the migrations make it, the statements of this package use it.

``exchange_session`` is what 1C begins by signing in: ``token`` is a keyed hash of its cookie, ``sessid`` what some
modules of 1C repeat beside it, which proves nothing. A session ends two hours after it was ``used_at`` last.
"""

TABLES = frozenset({"exchange_session"})
