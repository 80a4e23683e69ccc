import asyncio

import pytest
from ecatalog.testing.tokens import TokenFactory
from PIL import Image

from ..builders import CODES, Media, owner, picture
from ..catalog import Catalog

NOT_AN_IMAGE = "Upload a valid image. The file you uploaded was either not an image or a corrupted image."


@pytest.mark.parametrize("kind", CODES)
@pytest.mark.parametrize("by_code", [True, False])
async def test_upload_names_its_owner_by_code_or_id(media: Media, kind: str, by_code: bool) -> None:
    code = CODES[kind]
    row = await media.upload(kind, picture(), **{kind: code if by_code else "1"}, category="front", note="first")
    assert (row["category"], row["note"], row["is_main"], row["status"]) == ("front", "first", False, None)
    assert code in row.values()
    shown = await media.get(f"{kind}-image/{row['id']}/")
    assert shown.json() == row
    listed = await media.get(f"{kind}-image/")
    assert listed.json() == {"count": 1, "next": None, "previous": None, "results": [row]}


async def test_everything_wrong_is_told_at_once(media: Media) -> None:
    nothing = await media.form("client-image/", {"note": "x"})
    assert nothing.json() == {"client": ["This field is required."], "image": ["No file was submitted."]}
    both = await media.form("client-image/", {"client": "999"}, ("a.jpg", b"no picture"))
    assert both.json() == {"client": ['Invalid pk "999" - object does not exist.'], "image": [NOT_AN_IMAGE]}
    text = await media.send("POST", "client-image/", {"client": 1, "image": "hello"})
    assert text.json() == {"image": ["The submitted data was not a file. Check the encoding type on the form."]}
    assert media.rows("select 1 from image") == []
    assert media.stored() == []


@pytest.mark.parametrize(
    ("name", "body", "message"),
    [
        ("a.jpg", b"", "The submitted file is empty."),
        ("f" * 120 + ".jpg", picture(), "Ensure this filename has at most 100 characters (it has 124)."),
        ("a.txt", picture(), "File extension “txt” is not allowed."),
        ("a.svg", b"<svg xmlns='http://www.w3.org/2000/svg'/>", NOT_AN_IMAGE),
        ("a.bmp", picture(kind="BMP"), NOT_AN_IMAGE),
    ],
)
async def test_file_that_is_not_taken_is_a_400(media: Media, name: str, body: bytes, message: str) -> None:
    response = await media.form("nomenklatura-image/", {"nomenklatura": "1"}, (name, body))
    assert response.status_code == 400
    assert response.json()["image"][0].startswith(message)


async def test_main_picture_of_an_owner_is_one(media: Media) -> None:
    first = await media.upload(is_main="true")
    second = await media.upload(is_main="true")
    assert (await media.get(f"nomenklatura-image/{first['id']}/")).json()["is_main"] is False
    changed = await media.send("PATCH", f"nomenklatura-image/{first['id']}/", {"is_main": True})
    assert changed.json()["is_main"] is True
    assert (await media.get(f"nomenklatura-image/{second['id']}/")).json()["is_main"] is False


async def test_many_main_pictures_at_once_leave_one(media: Media) -> None:
    made = await asyncio.gather(*(media.upload(is_main="true") for _ in range(8)))
    assert len({row["id"] for row in made}) == 8
    assert media.rows("select count(*) from image where is_main and not is_deleted") == [(1,)]


async def test_status_and_source_are_shown_whole_and_cleared_by_null_zero_and_what_does_not_exist(
    media: Media,
) -> None:
    source = (await media.send("POST", "image-source/", {"uploader_name": "Agent", "uploader_type": "agent"})).json()
    row = await media.upload("client", status_id="1", source_id=str(source["id"]))
    assert (row["status"]["code"], row["source"]) == ("store_before", source)
    path = f"client-image/{row['id']}/"
    for nothing in (None, 0, 999_999):
        assert (await media.send("PATCH", path, {"status_id": 2})).json()["status"]["code"] == "store_after"
        assert (await media.send("PATCH", path, {"status_id": nothing})).json()["status"] is None
    assert (await media.send("PATCH", path, {"status_id": "abc"})).json() == {
        "status_id": ["A valid integer is required."]
    }


async def test_put_needs_a_picture_and_gives_it_another_address(media: Media) -> None:
    row = await media.upload("project", note="old", category="kept")
    path = f"project-image/{row['id']}/"
    assert (await media.form(path, {"note": "new"}, method="PUT")).json() == {"image": ["No file was submitted."]}
    new = await media.form(path, {"note": "new"}, ("b.png", picture(kind="PNG")), method="PUT")
    assert (new.json()["note"], new.json()["category"]) == ("new", "kept")
    assert new.json()["image_url"].endswith(".png")
    assert (await media.fetch(row["image_url"])).status_code == 404
    assert (await media.fetch(new.json()["image_url"])).status_code == 200


async def test_deleted_picture_is_gone_everywhere(media: Media) -> None:
    row = await media.upload("client")
    assert (await media.send("DELETE", f"client-image/{row['id']}/")).status_code == 204
    assert (await media.get(f"client-image/{row['id']}/")).json() == {"detail": "Not found."}
    assert (await media.get("client-image/")).json()["count"] == 0
    assert (await media.fetch(row["image_url"])).status_code == 404
    assert (await media.send("DELETE", f"client-image/{row['id']}/")).status_code == 404


async def test_same_bytes_are_stored_once_under_addresses_of_their_own(media: Media) -> None:
    rows = await asyncio.gather(*(media.upload(body=picture(80, 80)) for _ in range(5)))
    assert len({row["image_url"] for row in rows}) == 5
    assert media.rows("select count(*) from file") == [(1,)]
    assert media.stored() == ["original", "sm.jpg", "sm.webp", "thumbnail.jpg", "thumbnail.webp"]


async def test_owner_without_pictures_is_met_once(media: Media, catalog: Catalog) -> None:
    row = {"id": 77, "client_code_1c": "NEW", "name": "New", "is_deleted": False, "project_id": 9}
    catalog.rows["client"] = [row]
    catalog.rows["project"] = [
        {"id": 9, "code_1c": "P9", "name": "Nine", "is_deleted": False, "created_at": "2026-11-23T10:00:00+05:00"}
    ]
    made = await media.upload("client", client="NEW")
    assert (made["client"], made["project"]["code_1c"]) == (77, "P9")
    meant = ("client", "NEW")
    assert catalog.asked == [meant, ("project", "9"), ("client", "#77")]
    await media.upload("client", client="NEW")
    assert catalog.asked[3:] == [meant]


async def test_code_that_looks_like_an_id_is_asked_for_before_it_is_taken_for_one(
    media: Media, catalog: Catalog
) -> None:
    await media.upload("nomenklatura", nomenklatura="1")
    new = {"id": 77, "code_1c": "1", "name": "New", "is_deleted": False, "project_id": None}
    for others, expected in (([], 1), ([new], 77)):
        catalog.rows["nomenklatura"] += others
        made = await media.form(
            "nomenklatura-image/bulk-upload/", {"nomenklatura": "1"}, ("a.jpg", picture()), field="images"
        )
        assert [row["nomenklatura"] for row in made.json()["images"]] == [expected]


async def test_project_is_given_by_its_code_before_its_id(media: Media, catalog: Catalog) -> None:
    catalog.rows["project"].append(owner(9, "Nine", code_1c="1"))
    assert (await media.upload("project", project="1"))["project"]["id"] == 9


async def test_lists_are_narrowed(media: Media) -> None:
    first = await media.upload("client", category="front", status_id="1")
    second = await media.upload("client", client="CLI002", is_main="true")
    for query, expected in (
        ({"client": "CLI001"}, first), ({"client": 2}, second), ({"client_code_1c": "CLI002"}, second),
        ({"status": 1}, first), ({"project": "PROJ001"}, second), ({"is_main": "true"}, second),
        ({"category": "front"}, first), ({"search": "cli002"}, second), ({"search": "elsewhere"}, second),
    ):  # fmt: skip
        found = (await media.get("client-image/", **query)).json()
        assert [row["id"] for row in found["results"]] == [expected["id"]], query
    for query in ({"client": "NOPE"}, {"status": 999}, {"status": "abc"}):
        refused = await media.get("client-image/", **query)
        assert refused.json() == {
            next(iter(query)): ["Select a valid choice. That choice is not one of the available choices."]
        }


async def test_user_with_regions_sees_the_pictures_of_their_clients(media: Media, tokens: TokenFactory) -> None:
    near, far = await media.upload("client"), await media.upload("client", client="CLI002")
    agent = media.as_user(tokens.headers(5, "agent", regions=("R1",)))
    assert [row["id"] for row in (await agent.get("client-image/")).json()["results"]] == [near["id"]]
    assert (await agent.get(f"client-image/{far['id']}/")).status_code == 404
    hidden = await agent.form("client-image/", {"client": "CLI002"}, ("a.jpg", picture()))
    assert hidden.json() == {"client": ['Invalid pk "CLI002" - object does not exist.']}
    own = await agent.upload("client")
    assert (await agent.send("PATCH", f"client-image/{own['id']}/", {"note": "mine"})).status_code == 200
    assert (await agent.send("DELETE", f"client-image/{near['id']}/")).status_code == 404


async def test_hidden_client_is_as_absent_as_one_that_does_not_exist(media: Media, tokens: TokenFactory) -> None:
    await media.upload("client", client="CLI002", status_id="1")
    agent = media.as_user(tokens.headers(5, "agent", regions=("R1",)))
    answers = [await agent.get("client-image/", client=name) for name in ("CLI002", 2, "NOPE", 999)]
    assert {answer.status_code for answer in answers} == {400}
    assert len({answer.text for answer in answers}) == 1
    assert (await agent.get("client-image/", client="CLI001")).json()["count"] == 0
    assert (await agent.get("client-image/", status=1)).json()["count"] == 0
    assert (await media.get("client-image/", client="CLI002")).json()["count"] == 1


async def test_who_took_a_picture_of_a_product_is_told_in_full_only_to_those_who_have_signed_in(media: Media) -> None:
    kind = "nomenklatura"
    private = {
        "uploader_contact": "+998",
        "upload_location": "41.3, 69.2",
        "upload_device": "Phone",
        "notes": "at home",
    }
    source = (await media.send("POST", "image-source/", {"uploader_name": "Agent", **private})).json()
    row = await media.upload(kind, source_id=str(source["id"]))
    await media.upload(kind)
    anonymous = media.as_user({})
    for path in (f"{kind}-image/", f"{kind}-image/?ordering=-created_at", f"{kind}-image/{row['id']}/"):
        for user, expected in ((media, source), (anonymous, source | dict.fromkeys(private))) * 2:
            answer = (await user.get(path)).json()
            shown = answer["results"][1]["source"] if "results" in answer else answer["source"]
            assert (shown, list(shown)) == (expected, list(source))


async def test_pictures_of_clients_need_a_token_the_others_do_not(media: Media, tokens: TokenFactory) -> None:
    anonymous = media.as_user({})
    assert [(await anonymous.get(f"{kind}-image/")).status_code for kind in CODES] == [200, 401, 200]
    reader = media.as_user(tokens.headers(6, "reader"))
    assert [(await reader.get(f"{kind}-image/")).status_code for kind in CODES] == [200, 200, 200]
    for kind in CODES:
        for user, status in ((anonymous, 401), (reader, 403)):
            refused = await user.form(f"{kind}-image/", {kind: "1"}, ("a.jpg", picture()))
            assert refused.status_code == status


async def test_code_of_several_projects_asks_for_one(media: Media, catalog: Catalog) -> None:
    await media.upload()  # one that is known here already is not preferred
    catalog.rows["nomenklatura"].append(owner(9, "Same", code_1c="NOM001", project_id=2))
    several = await media.form("nomenklatura-image/", {"nomenklatura": "NOM001"}, ("a.jpg", picture()))
    assert several.status_code == 409
    assert [project["code_1c"] for project in several.json()["projects"]] == ["PROJ001", "PROJ002"]
    for project_id, expected in (("1", 1), ("2", 9)):
        made = await media.upload(nomenklatura="NOM001", project_id=project_id)
        assert made["nomenklatura"] == expected
        moved = await media.send(
            "PATCH", f"nomenklatura-image/{made['id']}/", {"nomenklatura": "NOM001", "project_id": 1}
        )
        assert moved.json()["nomenklatura"] == 1
    wrong = await media.form(
        "nomenklatura-image/", {"nomenklatura": "NOM001", "project_id": "abc"}, ("a.jpg", picture())
    )
    assert wrong.json() == {"project_id": ["A valid integer is required."]}
    alone = {"nomenklatura": "NOM001", "project_id": "null"}
    assert (await media.form("nomenklatura-image/bulk-upload/", alone, field="images")).status_code == 400
    bulk = await media.form(
        "nomenklatura-image/bulk-upload/", {"nomenklatura": "NOM001"}, ("a.jpg", picture()), field="images"
    )
    assert bulk.json() == {"error": "Ushbu kod bir nechta loyihada mavjud. Iltimos, project_id ni yuboring."}


async def test_upright_original_has_no_metadata(media: Media) -> None:
    exif = Image.Exif()
    exif[0x0112], exif[0x010F] = 6, "Maker"
    row = await media.upload(body=picture(60, 20, exif=exif, comment=b"secret"))
    original = await media.fetch(row["image_url"])
    assert b"Maker" not in original.content
    assert b"secret" not in original.content
    assert media.rows("select width, height from file") == [(20, 60)]
