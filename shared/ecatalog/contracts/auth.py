"""Events of auth (internal)."""

from typing import Literal

from ecatalog.contracts.base import EventData, event_type


class UserChanged(EventData):
    """A user's rights as they are now.

    Tokens issued before ``valid_from`` (Unix seconds) are refused: the password changed or all sessions ended.
    """

    user_id: int
    state: Literal["active", "inactive", "deleted"]
    role: Literal["admin", "editor", "agent", "reader"]
    regions: list[str]
    agent_code: str | None = None
    valid_from: int = 0


class SessionRevoked(EventData):
    """One sign-in ended; its access tokens are refused until the last has expired (``until``, Unix seconds)."""

    user_id: int
    sid: str
    until: int


class KeysRotated(EventData):
    """The signing keys changed; ``kids`` are those whose tokens are accepted now."""

    kids: list[str]


USER_CHANGED = event_type("auth", "user.changed", UserChanged, public=False)
SESSION_REVOKED = event_type("auth", "session.revoked", SessionRevoked, public=False)
KEYS_ROTATED = event_type("auth", "keys.rotated", KeysRotated, public=False)
