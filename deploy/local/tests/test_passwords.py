from deploy.local.directory import DataDirectory
from deploy.local.passwords import Passwords


def test_a_secret_is_made_once_and_only_its_owner_reads_it(directory: DataDirectory) -> None:
    first = Passwords(directory.secrets).get("nats_password")
    file = directory.secrets / "nats_password"

    assert Passwords(directory.secrets).get("nats_password") == first
    assert len(first) > 40
    assert file.stat().st_mode & 0o777 == 0o600
    assert directory.secrets.stat().st_mode & 0o777 == 0o700


def test_two_secrets_differ(directory: DataDirectory) -> None:
    passwords = Passwords(directory.secrets)

    assert passwords.get("a_secret") != passwords.get("b_secret")
