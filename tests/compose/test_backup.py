"""Backup and restore where each service is a container."""

import pytest

from deploy.local.demo.api import Api
from tests.compose.system import System, docker, wait
from tests.pictures import noise, uploaded
from tests.sources import unique

pytestmark = [pytest.mark.compose, pytest.mark.timeout(600)]
FILES = ("-f", "docker-compose.yml", "-f", "deploy/docker/manage.yml")


def manage(system: System, *arguments: str) -> str:
    return system.compose(*FILES, "run", "--build", "--rm", "-T", "manage", *arguments)


def test_everything_is_there_again_after_a_restore(system: System, admin: Api) -> None:
    code = unique("SAVED")
    path = f"/api/v1/nomenklatura/{code}/"
    admin.post("/api/v1/nomenklatura/", {"code_1c": code, "name": "Saved"})
    picture = uploaded(admin, "nomenklatura", code, noise(20))
    body = admin.http.get(picture["image_url"]).content
    products = admin.count("/api/v1/nomenklatura/")
    assert f"/backups/{code} holds" in manage(system, "backup", f"/backups/{code}")

    assert admin.http.delete(f"/api/v1/nomenklatura-image/{picture['id']}/").status_code == 204
    assert admin.http.delete(path).status_code == 204
    assert "Start all services again" in manage(system, "restore", f"/backups/{code}", "--force")
    services = {each.service for each in system.running()}
    system.compose("restart", *(name for name in services if name.endswith(("-api", "-worker"))))
    system.wait_healthy()
    # The gateway asks its services every few seconds, and may not have seen yet that they are back.
    wait(lambda: admin.http.get(path).status_code == 200, 60, "the gateway answers")

    assert admin.count("/api/v1/nomenklatura/") == products
    assert [image["id"] for image in admin.get(path)["images"]] == [picture["id"]]
    assert admin.http.get(picture["image_url"]).content == body
    assert "There are no dead letters." in manage(system, "events", "dead")
    assert "missing: 0" in system.execute("media-worker", "python", "manage.py", "media", "check")
    docker("volume", "rm", f"{system.name}_backups")
