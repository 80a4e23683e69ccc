"""Why a description did not come about."""


class Failed(Exception):
    """One row got none; the text says why, to whoever looks after the catalog."""


class Stop(Exception):
    """No row will get one: there is no point in going on. ``setup``: until somebody changes a setting."""

    def __init__(self, reason: str, *, setup: bool = False) -> None:
        super().__init__(reason)
        self.setup = setup
