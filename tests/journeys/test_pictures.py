"""Pictures as clients use them: added, shown in the owner's row at once, fetched, and gone when deleted."""

from collections.abc import Callable
from io import BytesIO

import pytest
from PIL import Image

from deploy.local.cluster import Cluster
from deploy.local.demo.api import Api
from tests.pictures import noise, uploaded
from tests.sources import unique

pytestmark = pytest.mark.cluster
ROUNDS = 20
CODES = {"project": "code_1c", "client": "client_code_1c", "nomenklatura": "code_1c"}


@pytest.mark.parametrize("kind", CODES)
def test_own_change_of_a_picture_is_in_the_owners_row_at_once(admin: Api, kind: str) -> None:
    code = unique("PIC")
    admin.post(f"/api/v1/{kind}/", {CODES[kind]: code, "name": "Pictured"})
    owner, path = f"/api/v1/{kind}/{code}/", f"/api/v1/{kind}-image"
    assert admin.get(owner)["images"] == []
    for number in range(ROUNDS):
        made = uploaded(admin, kind, code, noise(20), is_main="true", note=f"note {number}")
        shown = admin.get(owner)["images"]
        assert [(image["id"], image["is_main"], image["note"]) for image in shown] == [
            (made["id"], True, f"note {number}")
        ]
        assert shown[0]["image_thumbnail_url"] == made["image_thumbnail_url"]
        changed = admin.patch(f"{path}/{made['id']}/", {"note": "changed", "status_id": 1})
        listed = admin.get(f"/api/v1/{kind}/", **{CODES[kind]: code})["results"][0]["images"]
        assert [(image["note"], image["status"]) for image in listed] == [("changed", changed["status"])]
        assert admin.http.delete(f"{path}/{made['id']}/").status_code == 204
        assert admin.get(owner)["images"] == []


def test_every_address_in_an_answer_shows_a_picture_to_anyone(cluster: Cluster, admin: Api, anonymous: Api) -> None:
    code = unique("PIC")
    admin.post("/api/v1/nomenklatura/", {"code_1c": code, "name": "Pictured"})
    made = uploaded(admin, "nomenklatura", code, noise(200))
    for name, size in (("thumbnail", 150), ("sm", 300), ("md", 600), ("lg", 1200)):
        url = made[f"image_{name}_url"]
        at_once = {"WEBP"} if size <= 300 else {"WEBP", "JPEG"}
        for accept, kinds in (("image/webp,*/*", at_once), ("*/*", {"JPEG"})):
            shown = picture_at(anonymous, url, accept)
            assert (shown.format in kinds, shown.size) == (True, (size, size))
    large = made["image_lg_url"]
    cluster.wait(lambda: picture_at(anonymous, large, "image/webp,*/*").format == "WEBP", within=30)
    original = anonymous.http.get(made["image_url"])
    assert original.headers["content-type"] == "image/png"
    unchanged = anonymous.http.get(made["image_url"], headers={"If-None-Match": original.headers["etag"]})
    assert unchanged.status_code == 304


def picture_at(api: Api, url: str, accept: str) -> Image.Image:
    return Image.open(BytesIO(api.http.get(url, headers={"Accept": accept}).content))


def test_agent_sends_pictures_of_clients_of_its_regions(admin: Api, new_client: Callable[[], Api]) -> None:
    region, near, far = unique("R"), unique("NEAR"), unique("FAR")
    admin.post("/api/v1/client/", {"client_code_1c": near, "name": "Near", "business_region_code": region})
    admin.post("/api/v1/client/", {"client_code_1c": far, "name": "Far"})
    name = unique("agent")
    agent_user = {"username": name, "password": "agent-pass-1", "role": "agent"}
    admin.post("/api/v1/users/", agent_user | {"business_regions": [{"code": region, "name": region}]})
    agent = new_client()
    agent.sign_in(name, "agent-pass-1")
    source = agent.post("/api/v1/image-source/", {"uploader_name": name, "uploader_type": "agent"})
    made = uploaded(agent, "client", near, noise(30), status_id="1", source_id=str(source["id"]))
    assert (made["status"]["code"], made["source"]["uploader_name"]) == ("store_before", name)
    hidden = uploaded(admin, "client", far, noise(30))
    feed = [row["image_id"] for row in agent.get("/api/v1/thumbnails/clients/", limit=200)["results"]]
    assert made["id"] in feed
    assert hidden["id"] not in feed
    assert agent.find(f"/api/v1/client-image/{hidden['id']}/") is None
