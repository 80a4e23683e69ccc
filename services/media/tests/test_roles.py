"""Who may call what: every route with every role."""

import pytest
from ecatalog.security.permissions import Role
from ecatalog.testing.service_checks import RoleChecks
from media.main import ROUTERS

PUBLIC_READS = {"project-image", "nomenklatura-image", "thumbnails"}
BY_AGENTS = {"client-image", "image-source"}


@pytest.mark.usefixtures("media")
class TestRoles(RoleChecks):
    routers = ROUTERS
    number_of_routes = 37
    no_row = "999999"

    def expected(self, method: str, path: str, role: Role | None) -> set[int]:
        resource = path.split("/")[3]
        if role is None and (method != "GET" or resource not in PUBLIC_READS or path.endswith("/clients/")):
            return {401}
        writers = {"admin", "editor", "agent"} if resource in BY_AGENTS else {"admin", "editor"}
        if method != "GET" and role not in writers:
            return {403}
        if path == "/api/v1/client-image/bulk-upload/":
            return {415}  # the body is no form
        if method in {"POST", "PUT"}:
            return {400}  # the body lacks what is required
        return {404} if "999999" in path else {200}
