"""Every route is called with every role."""

from ecatalog.security.permissions import Role
from ecatalog.testing.service_checks import RoleChecks
from integration.main import ROUTERS


class TestRoles(RoleChecks):
    routers = ROUTERS
    number_of_routes = 27
    no_row = "9"

    def expected(self, method: str, path: str, role: Role | None) -> set[int]:
        if role is None:
            return {401}
        if "/source-file/" in path:
            return {415} if role == "admin" else {403}  # JSON is no form
        if "/schedule/" in path:
            return {403} if role != "admin" else {400} if method == "POST" else {404}
        is_for_staff = method != "GET" or any(part in path for part in ("/mapping/", "preset", "/parked/"))
        if is_for_staff and role not in ({"admin", "editor"} if "/sync/" in path else {"admin"}):
            return {403}
        if method == "PUT" or (path == "/api/v1/integration/" and method == "POST") or path.endswith("/sample/"):
            return {400}  # the body lacks what is required
        return {404} if "/9/" in path else {200}
