"""What processes refuse to start with."""

import pytest
from ecatalog.core.settings import DEVELOPMENT_SECRET, Settings, complaint
from pydantic import SecretStr

OWN = "postgresql://catalog_service:own@postgres/catalog_db"
KNOWN = f"postgresql://catalog_service:{DEVELOPMENT_SECRET}@postgres/catalog_db"
NATS = f"nats://internal:{DEVELOPMENT_SECRET}@nats:8011"


def refused(**values: str) -> str:
    with pytest.raises(ValueError, match="outside development") as refusal:
        Settings.model_validate({"ecatalog_env": "production", "database_url": OWN, "internal_secret": "own"} | values)
    return complaint(refusal.value)


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("internal_secret", DEVELOPMENT_SECRET),
        ("internal_secret", ""),
        ("database_url", KNOWN),
        ("nats_url", NATS),
    ],
)
def test_production_refuses_a_secret_that_everybody_knows(variable: str, value: str) -> None:
    said = refused(**{variable: value})
    assert said == f"{variable.upper()} still has its development value; set your own outside development"


def test_complaint_names_all_of_them_at_once_and_shows_none() -> None:
    said = refused(internal_secret=DEVELOPMENT_SECRET, database_url=KNOWN, nats_url=NATS)
    assert said.startswith("DATABASE_URL, NATS_URL, INTERNAL_SECRET still have their development values")
    assert DEVELOPMENT_SECRET not in said


def test_complaint_about_a_value_names_its_variable_and_is_one_line() -> None:
    with pytest.raises(ValueError, match="time_zone") as refusal:
        Settings.model_validate({"database_url": OWN, "time_zone": "Nowhere", "internal_secret": "hidden"})
    said = complaint(refusal.value)
    assert said == "TIME_ZONE is not the name of a time zone: Nowhere"


def test_empty_variable_counts_as_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", OWN)
    monkeypatch.setenv("DATABASE_POOL_SIZE", "")
    assert Settings().database_pool_size == 8


def test_development_takes_the_values_that_everybody_knows() -> None:
    settings = Settings.model_validate({"database_url": KNOWN, "nats_url": NATS})
    assert settings.internal_secret == SecretStr(DEVELOPMENT_SECRET)
