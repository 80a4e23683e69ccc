import pytest

from ..builders import CODES, Media, picture

BY_CODE = ("project", "nomenklatura")
TWO = (("a.jpg", picture()), ("b.png", picture(kind="PNG")))
BAD = "Upload a valid image. The file you uploaded was either not an image or a corrupted image."


@pytest.mark.parametrize("kind", BY_CODE)
async def test_projects_and_products_answer_in_uzbek(media: Media, kind: str) -> None:
    path = f"{kind}-image/bulk-upload/"
    made = await media.form(path, {kind: CODES[kind], "note": "n"}, *TWO, field="images")
    assert made.status_code == 201
    assert made.json()["message"] == "2 ta rasm muvaffaqiyatli yuklandi"
    assert [row["note"] for row in made.json()["images"]] == ["n", "n"]
    newest_first = [row["id"] for row in (await media.get(f"{kind}-image/")).json()["results"]]
    assert newest_first == [row["id"] for row in reversed(made.json()["images"])]
    none = await media.form(path, {kind: CODES[kind]})
    assert (none.status_code, none.json()) == (400, {"error": "Rasmlar talab qilinadi"})
    nobody = await media.form(path, {"note": "n"}, *TWO, field="images")
    assert (nobody.status_code, nobody.json()) == (400, {"error": f"{kind} code_1c talab qilinadi"})
    unknown = await media.form(path, {kind: "NOPE"}, *TWO, field="images")
    assert (unknown.status_code, unknown.json()) == (404, {"error": f"{kind.capitalize()} topilmadi"})


async def test_clients_answer_a_plain_array_and_field_errors(media: Media) -> None:
    path = "client-image/bulk-upload/"
    made = await media.form(path, {"client": "CLI001", "is_main": "true", "status_id": "1"}, *TWO, field="images")
    assert [(row["category"], row["is_main"]) for row in made.json()] == [("other", True), ("other", False)]
    assert {row["status"]["code"] for row in made.json()} == {"store_before"}
    none = await media.form(path, {"client": "CLI001"})
    assert none.status_code == 415
    unknown = await media.form(path, {"client": "NOPE"}, *TWO, field="images")
    assert unknown.json() == {"non_field_errors": ["Client with code 'NOPE' not found."]}
    json = await media.send("POST", path, {"client": "CLI001"})
    assert json.json() == {"detail": 'Unsupported media type "application/json" in request.'}


@pytest.mark.parametrize("kind", CODES)
async def test_everything_that_is_missing_is_named_at_once(media: Media, kind: str) -> None:
    required = ["This field is required."]
    nothing = await media.form(f"{kind}-image/bulk-upload/", {}, ("a.txt", b"x"), field="other")
    text = {"error": f"{kind} code_1c talab qilinadi"} if kind in BY_CODE else {}
    assert (nothing.status_code, nothing.json()) == (400, {**text, kind: required, "images": required})


async def test_client_without_files_is_asked_for_them(media: Media) -> None:
    required = ["This field is required."]
    alone = await media.form("client-image/bulk-upload/", {"client": "CLI001"}, ("a.txt", b"x"), field="other")
    assert (alone.status_code, alone.json()) == (400, {"images": required})


async def test_one_bad_file_and_nothing_is_stored(media: Media) -> None:
    files = (TWO[0], ("bad.jpg", b"nothing"))
    response = await media.form("client-image/bulk-upload/", {"client": "CLI001"}, *files, field="images")
    assert (response.status_code, response.json()) == (400, {"images": {"1": [BAD]}})
    long = await media.form(
        "project-image/bulk-upload/", {"project": "PROJ001", "note": "n" * 256}, *TWO, field="images"
    )
    assert long.json() == {"note": ["Ensure this field has no more than 255 characters."]}
    assert media.rows("select 1 from image") == []
    assert media.stored() == []
