"""Every table of this service, for the migrations."""

from auth.guesses.models import GuessLimit, KnownPlace
from auth.keys.models import SigningKey
from auth.sessions.models import SpentRefresh, UserSession
from auth.tables import Base
from auth.users.models import User

__all__ = ["Base", "GuessLimit", "KnownPlace", "SigningKey", "SpentRefresh", "User", "UserSession"]
