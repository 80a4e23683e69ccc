"""The role that a request means."""

import pytest
from auth.users.rights import chosen_role
from ecatalog.security.permissions import ROLES, Role


@pytest.mark.parametrize(
    ("current", "role", "is_staff", "expected"),
    [
        ("editor", None, None, "editor"),
        ("editor", None, True, "admin"),
        ("editor", "agent", None, "agent"),
        ("editor", "agent", False, "agent"),
        ("editor", "editor", True, "admin"),
        ("editor", "admin", False, "admin"),
        ("agent", None, False, "agent"),
        ("agent", "agent", True, "admin"),
        ("admin", None, False, "editor"),
        ("admin", "admin", False, "editor"),
        ("admin", "reader", True, "reader"),
        ("admin", "reader", False, "reader"),
        ("admin", None, True, "admin"),
    ],
)
def test_role_follows_what_was_changed(current: Role, role: Role | None, is_staff: bool | None, expected: Role) -> None:
    assert chosen_role(current, role, is_staff) == expected


def test_sending_back_what_was_read_changes_nothing() -> None:
    for role in ROLES:
        assert chosen_role(role, role, role == "admin") == role
