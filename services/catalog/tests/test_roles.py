"""Who may call what: every route with every role."""

import pytest
from catalog.main import ROUTERS
from ecatalog.security.permissions import Role
from ecatalog.testing.service_checks import RoleChecks

PUBLIC_READS = {"project": True, "nomenklatura": True, "client": False}
DRAFTS = ("/api/v1/client/description-draft/", "/api/v1/nomenklatura/description-draft/")


@pytest.mark.usefixtures("fresh")
class TestRoles(RoleChecks):
    routers = ROUTERS
    number_of_routes = 57
    no_row = "NOPE"

    def expected(self, method: str, path: str, role: Role | None) -> set[int]:
        kind = path.split("/")[3]
        signed_in_reads = any(word in path for word in ("xlsx", "/bulk-")) or path in DRAFTS
        if role is None and (method != "GET" or not PUBLIC_READS[kind] or signed_in_reads):
            return {401}
        if method != "GET" and role not in {"admin", "editor"}:
            return {403}
        if path in DRAFTS and role not in {"admin", "editor"}:
            return {404}
        if path.endswith("/import-xlsx/"):
            return {415}  # the body is no form
        if path.endswith(("/enrich/", "/clear-enrichment/", "/description-draft/")) and "NOPE" in path:
            return {404}
        if method in {"POST", "PUT"}:
            return {400}  # the body lacks what is required
        return {404} if "NOPE" in path else {200}
