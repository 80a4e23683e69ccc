"""docker-compose.yml starts what deploy/components.toml lists, with the same names, ports and variables."""

import re
from importlib import import_module
from typing import Any

import pytest
import yaml
from ecatalog.core.settings import DEVELOPMENT_SECRET

from deploy.local import binaries, components
from deploy.local.components import Service
from tests.compose.composition import asked_for, environment, services

TABLE = components.load(8000)
SERVICES = {service.name: service for service in TABLE.services}
PORTS = {f"{name}-api": each.api_port for name, each in SERVICES.items()} | {
    f"{name}-worker": each.worker_port for name, each in SERVICES.items()
}
ONE_TIME = {"databases", *(f"{name}-migrate" for name in SERVICES)}
SECRET = re.compile(r"\w+_(secret|secret_key)")
NOT_FOR_PEOPLE = {"HOST"}  # set by the image: a container listens on all its addresses


def fields(service: str) -> set[str]:
    """What the settings of a service are made of."""
    return set(getattr(import_module(f"{service}.settings"), f"{service.capitalize()}Settings").model_fields)


def manage() -> dict[str, Any]:
    file = binaries.ROOT / "deploy" / "docker" / "manage.yml"
    return dict(yaml.safe_load(file.read_text(encoding="utf-8"))["services"]["manage"])


def secret(name: str) -> str:
    return f"${{{name.upper()}:-{DEVELOPMENT_SECRET}}}"


def known() -> dict[str, str]:
    """What the placeholders of the table mean in containers."""
    return {
        "environment": "${ECATALOG_ENV:-development}",
        "nats_url": f"nats://internal:{secret('nats_password')}@nats:{TABLE.nats}",
        "portal_url": f"http://portal:{TABLE.portal}",
        "data": "/data",
        **{f"{name}_url": f"http://{name}-api:{each.api_port}" for name, each in SERVICES.items()},
        **{f"{name}_worker_url": f"http://{name}-worker:{each.worker_port}" for name, each in SERVICES.items()},
    }


def filled(name: str, template: str) -> str:
    if "{" not in template:
        return f"${{{name}:-{template}}}"
    return re.sub(r"\{(\w+)\}", lambda match: known().get(match[1]) or secret(match[1]), template)


# What holds in containers alone: there, the network of the machine is that of our own services.
IN_CONTAINERS = {"integration": {"GUARD_OWN_NETWORKS": "true"}}


def expected(service: Service) -> dict[str, str]:
    told = {name: filled(name, value) for name, value in (*TABLE.environment.items(), *service.environment.items())}
    return (
        told
        | IN_CONTAINERS.get(service.name, {})
        | {
            "DATABASE_URL": f"postgresql://{service.role}:{secret(f'{service.role}_password')}"
            f"@postgres:{TABLE.postgres}/{service.database}"
        }
    )


@pytest.mark.parametrize("name", SERVICES)
@pytest.mark.parametrize("part", ["api", "worker", "migrate"])
def test_a_process_gets_what_the_table_says(name: str, part: str) -> None:
    given = {key: value for key, value in environment(f"{name}-{part}").items() if value is not None}
    port = {} if part == "migrate" else {"PORT": str(PORTS[f"{name}-{part}"])}

    assert given == expected(SERVICES[name]) | port
    assert services()[f"{name}-{part}"]["command"] == ["python", "-m", name, part]


def test_the_portal_gets_what_the_table_says() -> None:
    given = {key: value for key, value in environment("portal").items() if value is not None}
    wanted = {key: filled(key, value) for key, value in TABLE.environment.items()}

    assert given == wanted | {"PORT": str(TABLE.portal)}


def test_the_gateway_gets_the_addresses_of_the_table() -> None:
    urls = {key: value for key, value in environment("gateway").items() if key.endswith("_URL")}

    assert urls == {f"{name.upper()}_URL": known()[f"{name}_url"] for name in (*SERVICES, "portal")}


def test_postgresql_nats_and_1c_have_the_ports_of_the_table() -> None:
    assert environment("postgres")["PGPORT"] == environment("databases")["PGPORT"] == str(TABLE.postgres)
    assert environment("nats")["NATS_PORT"] == str(TABLE.nats)
    assert environment("nats")["NATS_MONITOR_PORT"] == str(TABLE.nats_monitor)
    assert environment("onec")["PORT"] == str(TABLE.onec)


def test_nothing_else_runs() -> None:
    assert set(services()) == {*PORTS, *ONE_TIME, "gateway", "portal", "postgres", "nats", "onec"}


def test_every_database_of_the_table_is_made_with_its_own_password() -> None:
    script = (binaries.ROOT / "deploy" / "docker" / "databases.sql").read_text(encoding="utf-8")
    made = re.findall(r"\\set role (\w+)\n\\set database (\w+)\n\\getenv password (\w+)\n\\i ", script)

    assert made == [(each.role, each.database, f"{each.role.upper()}_PASSWORD") for each in TABLE.services]
    assert {password for _, _, password in made} < set(environment("databases"))


@pytest.mark.parametrize("name", SERVICES)
def test_every_setting_of_a_service_can_be_given_to_its_containers(name: str) -> None:
    missing = {field.upper() for field in fields(name)} - set(environment(f"{name}-api")) - NOT_FOR_PEOPLE

    assert missing == set(), "docker-compose.yml does not hand these on"


def test_every_variable_is_explained_in_the_example() -> None:
    example = (binaries.ROOT / ".env.example").read_text(encoding="utf-8")
    explained = set(re.findall(r"^#?([A-Z0-9_]+)=", example, re.MULTILINE))

    assert set(asked_for()) - explained == set()


@pytest.mark.parametrize("name", sorted(set(services())))
def test_a_container_can_do_no_more_than_it_must(name: str) -> None:
    service = services()[name]

    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert not {"privileged", "cap_add", "network_mode", "pid", "devices"} & set(service)
    assert "docker.sock" not in str(service)
    assert service["mem_limit"]


@pytest.mark.parametrize("name", sorted(set(services())))
def test_the_question_for_health_is_made_of_words(name: str) -> None:
    asked = services()[name].get("healthcheck", {}).get("test", [])

    assert [word for word in asked if not isinstance(word, str)] == []


@pytest.mark.parametrize("name", sorted(set(services())))
def test_a_container_comes_back_unless_it_works_once(name: str) -> None:
    assert services()[name]["restart"] == (
        "no" if name in ONE_TIME else "on-failure:3" if name == "onec" else "unless-stopped"
    )


def test_only_the_gateway_is_published_and_only_to_this_machine() -> None:
    published = {name: each["ports"] for name, each in services().items() if "ports" in each}

    assert published == {"gateway": ["${ECATALOG_HOST:-127.0.0.1}:${ECATALOG_PORT:-8000}:8000"]}


@pytest.mark.parametrize("name", SERVICES)
def test_commands_for_the_whole_system_get_what_each_service_gets(name: str) -> None:
    own = f"{name.upper()}_"
    given = {variable.removeprefix(own) for variable in manage()["environment"]} | {*manage()["environment"]}
    missing = set(environment(f"{name}-worker")) & {field.upper() for field in fields(name)} - given - {"PORT"}

    assert missing == set(), "deploy/docker/manage.yml does not hand these on"
