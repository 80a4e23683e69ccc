"""Every route is called with every role."""

from ecatalog.security.permissions import Role
from ecatalog.testing.service_checks import RoleChecks
from integration.main import ROUTERS


class TestRoles(RoleChecks):
    routers = ROUTERS
    number_of_routes = 23
    no_row = "9"

    def expected(self, method: str, path: str, role: Role | None) -> set[int]:
        if role is None:
            return {401}
        if "/schedule/" in path:
            return {403} if role != "admin" else {400} if method == "POST" else {404}
        is_for_staff = method != "GET" or "/mapping/" in path or "preset" in path
        if is_for_staff and role not in ({"admin", "editor"} if "/sync/" in path else {"admin"}):
            return {403}
        if method == "PUT" or (path == "/api/v1/integration/" and method == "POST"):
            return {400}  # the body lacks what is required
        return {404} if "/9/" in path else {200}
