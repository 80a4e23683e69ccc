"""The claims of tokens."""

from dataclasses import dataclass

from ecatalog.core.clock import Clock
from ecatalog.core.ids import uuid7
from ecatalog.security.tokens import AUDIENCE, ISSUER

from auth.keys.service import Keyring, Signer
from auth.sessions.models import UserSession
from auth.sessions.service import Lifetimes
from auth.tokens.schemas import Pair
from auth.users.models import User


@dataclass(frozen=True)
class TokenIssuer:
    """Issues tokens that live as long as ``live`` says."""

    keyring: Keyring
    live: Lifetimes
    clock: Clock

    async def keyed(self) -> "KeyedIssuer":
        """Get the key before a transaction is begun, so that no connection waits for another."""
        return KeyedIssuer(await self.keyring.signer(), self.live, self.clock())


@dataclass(frozen=True)
class KeyedIssuer:
    """Signs tokens as of one moment (``now``, Unix seconds)."""

    signer: Signer
    live: Lifetimes
    now: float

    def pair(self, user: User, session: UserSession) -> Pair:
        """Sign the access and refresh token of a session as it stands.

        The access token says the user's rights; the refresh token only whose it is, for rights are read anew when
        it is used. Neither is dated before ``valid_from``, which may be the second that comes.
        """
        common = {
            "iss": ISSUER, "aud": AUDIENCE, "iat": max(int(self.now), user.valid_from),
            "user_id": str(user.id), "sid": session.sid.hex,
        }  # fmt: skip
        access = {
            "token_type": "access", "exp": int(self.now) + self.live.access, "jti": uuid7().hex, "role": user.role,
            "regions": [region["code"] for region in user.business_regions], "agent_code": user.profile_code_1c,
        }  # fmt: skip
        refresh = {
            "token_type": "refresh", "exp": int(session.expires_at.timestamp()), "jti": session.refresh_jti.hex,
        }  # fmt: skip
        return Pair(refresh=self.signer.sign(common | refresh), access=self.signer.sign(common | access))
