"""Why a description did not come about."""

NO_KEY = "OPENAI_API_KEY is not set: descriptions are written by a model that needs it."
OVER_BUDGET = "the limit of tokens or costs is reached"


class Failed(Exception):
    """One row got none; the text says why, to whoever looks after the catalog."""


class Stop(Exception):
    """No row will get one: there is no point in going on. ``setup``: until somebody changes a setting."""

    def __init__(self, reason: str, *, setup: bool = False) -> None:
        super().__init__(reason)
        self.setup = setup


class DatabaseAway(Stop):
    """What is left can be done as soon as the database is back."""

    def __init__(self) -> None:
        super().__init__("the database is away")
