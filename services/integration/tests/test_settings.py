from ipaddress import ip_address

import pytest
from integration.connectors.soap.own_networks import OwnNetworks
from integration.settings import IntegrationSettings
from pydantic import ValidationError

ADDRESS = "postgresql://localhost/integration"


def production(**values: str) -> IntegrationSettings:
    secrets = {"secret_key": "a secret", "internal_secret": "another"}
    return IntegrationSettings.model_validate(
        {"ecatalog_env": "production", "database_url": ADDRESS, **secrets, **values}
    )


def test_this_machine_may_be_called_in_development_only() -> None:
    loopback = ip_address("127.0.0.1")
    development = IntegrationSettings.model_validate({"database_url": ADDRESS})
    assert development.addresses.objection(loopback) is None
    assert production().addresses.objection(loopback) is not None


def test_listed_networks_may_be_called() -> None:
    addresses = production(source_networks="127.0.0.0/8, 169.254.10.0/24").addresses
    assert addresses.objection(ip_address("127.0.0.1")) is None
    assert addresses.objection(ip_address("169.254.10.7")) is None
    assert addresses.objection(ip_address("169.254.169.254")) is not None


def test_own_networks_are_guarded_where_that_is_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    own = OwnNetworks(("172.18.0.0/16",), ("172.18.0.1",))
    monkeypatch.setattr("integration.settings.own_networks", lambda: own)
    service = ip_address("172.18.0.5")
    assert production(guard_own_networks="true").addresses.objection(service) is not None
    assert production().addresses.objection(service) is None


def test_passwords_of_earlier_releases_are_read() -> None:
    """``SECRET_KEY`` was the same; the bytes are what such a release has written."""
    stored = "992fa1d81bd49b18eb18aa19e5c786f726daf575d34d02f9bcaae9ae9206f788359eb186c3f247d5587133"
    assert production().encryption.decrypt(bytes.fromhex(stored)).decode() == "пароль 1C"


@pytest.mark.parametrize("values", [{"source_networks": "everything"}, {"secret_key": "development-only"}])
def test_unusable_settings_are_refused(values: dict[str, str]) -> None:
    with pytest.raises(ValidationError):
        production(**values)
