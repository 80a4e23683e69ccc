"""Every table of this service, for the migrations."""

from auth.keys.models import SigningKey
from auth.login_throttle.models import FailureCount, KnownAddress
from auth.sessions.models import SpentRefresh, UserSession
from auth.tables import Base
from auth.users.models import User

__all__ = ["Base", "FailureCount", "KnownAddress", "SigningKey", "SpentRefresh", "User", "UserSession"]
