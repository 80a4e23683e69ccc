"""Permissions say who may call a route, and principals who calls it.

Every route names its permission in its signature, by one of the aliases at the end; an application with a route that
does not is refused at its start.
"""

from dataclasses import dataclass
from hmac import compare_digest
from typing import Annotated, Any, Literal, cast

from fastapi import Depends, Request

from ecatalog.core.errors import AuthenticationFailed, Forbidden, NotAuthenticated, NotFound, token_not_valid
from ecatalog.security.internal_secret import SECRET_HEADER
from ecatalog.security.revocations import Revocations
from ecatalog.security.tokens import Claims, TokenVerifier, bearer_token

Role = Literal["admin", "editor", "agent", "reader"]
ROLES: tuple[Role, ...] = ("admin", "editor", "agent", "reader")


@dataclass(frozen=True, slots=True)
class Principal:
    """The signed-in user of a request, with rights as they are now (not only as the token says)."""

    user_id: int
    role: Role
    regions: tuple[str, ...]
    agent_code: str | None
    sid: str

    @property
    def is_staff(self) -> bool:
        return self.role == "admin"

    @property
    def client_regions(self) -> tuple[str, ...] | None:
        """Return the regions whose clients this user may see; None for all."""
        return None if self.is_staff or not self.regions else self.regions


class Authenticator:
    """Turns an ``Authorization`` header into a :class:`Principal`, or refuses it."""

    def __init__(self, verifier: TokenVerifier, revocations: Revocations) -> None:
        self.verifier = verifier
        self.revocations = revocations

    async def authenticate(self, header: str | None) -> Principal | None:
        """Return None without a bearer token; a bad token raises, on public routes too.

        Until revocations are read a good one raises :class:`~ecatalog.core.errors.Unavailable`: it may be of a user who
        is gone.
        """
        token = bearer_token(header)
        if token is None:
            return None
        claims = await self.verifier.verify(token)
        if claims.user_id is None:
            raise AuthenticationFailed("Token contained no recognizable user identification", "token_not_valid")
        if not self.revocations.ready:
            await self.revocations.wait_until_ready()
        return self._current(claims, claims.user_id)

    def _current(self, claims: Claims, user_id: int) -> Principal:
        if self.revocations.is_revoked(claims.sid):
            raise token_not_valid("Token is invalid")
        change = self.revocations.user(user_id)
        if change is None:
            return Principal(user_id, cast(Role, claims.role), claims.regions, claims.agent_code, claims.sid)
        if change.state == "deleted":
            raise AuthenticationFailed("User not found", "user_not_found")
        if change.state == "inactive":
            raise AuthenticationFailed("User is inactive", "user_inactive")
        if claims.issued_at < change.valid_from:
            raise token_not_valid("Token is invalid")
        return Principal(user_id, change.role, tuple(change.regions), change.agent_code, claims.sid)


class Permission:
    """A route's dependency that says who may call it. ``roles`` None means any signed-in user.

    ``hidden`` answers 404 instead of 403, for what a role may not even see: clients of the contract take a 403
    for "signed out".
    """

    def __init__(
        self, name: str, roles: frozenset[Role] | None = None, *, public: bool = False, hidden: bool = False
    ) -> None:
        self.name = name
        self.roles = roles
        self.public = public
        self.hidden = hidden

    async def __call__(self, request: Request) -> Principal | None:
        if "principal" in request.scope:  # a layer before the route has looked already
            return self.check(request.scope["principal"])
        authenticator: Authenticator = request.app.state.authenticator
        request.scope["principal"] = await authenticator.authenticate(request.headers.get("authorization"))
        return self.check(request.scope["principal"])

    def check(self, principal: Principal | None) -> Principal | None:
        """Return the principal when this permission covers it; else raise."""
        if principal is None:
            if self.public:
                return None
            raise NotAuthenticated
        if self.roles is not None and principal.role not in self.roles:
            raise NotFound if self.hidden else Forbidden
        return principal

    def require(self, principal: Principal | None) -> Principal:
        """Check like :meth:`check`, for a permission that is not public."""
        if (covered := self.check(principal)) is None:
            raise NotAuthenticated
        return covered


class PublicAccess(Permission):
    """Looks at no credentials, as the token routes need it."""

    async def __call__(self, _: Request) -> None:
        return None


class InternalOnly(Permission):
    """Admits only our own services, by the shared secret; anyone else finds nothing here."""

    async def __call__(self, request: Request) -> None:
        given = request.headers.get(SECRET_HEADER, "").encode()
        expected = request.app.state.settings.internal_secret.get_secret_value().encode()
        if not compare_digest(given, expected):
            raise NotFound


EDITORS: frozenset[Role] = frozenset({"admin", "editor"})

OPEN = PublicAccess("open", public=True)
ANYONE = Permission("anyone", public=True)
SIGNED_IN = Permission("signed-in")
EDITOR = Permission("editor", EDITORS)
FIELD = Permission("agent", EDITORS | {"agent"})
STAFF = Permission("admin", frozenset({"admin"}))
INTERNAL = InternalOnly("internal")

Anonymous = Annotated[None, Depends(OPEN)]
MaybeUser = Annotated[Principal | None, Depends(ANYONE)]
SignedIn = Annotated[Principal, Depends(SIGNED_IN)]
Editor = Annotated[Principal, Depends(EDITOR)]
Staff = Annotated[Principal, Depends(STAFF)]
Internal = Annotated[None, Depends(INTERNAL)]


def permission_of(route: Any) -> Permission | None:
    """Return the permission in a route's signature."""
    for dependency in route.dependant.dependencies:
        if isinstance(dependency.call, Permission):
            return dependency.call
    return None
