from ecatalog.testing.tokens import TokenFactory

from ..builders import Media

SEVEN = [
    "store_before", "store_after", "store_info", "product_main", "product_gallery", "product_packaging", "other",
]  # fmt: skip


async def test_seven_statuses_exist_in_their_order(media: Media) -> None:
    rows = (await media.get("image-status/")).json()
    assert [row["code"] for row in rows][:7] == SEVEN
    assert list(rows[0]) == ["id", "code", "name", "description", "icon", "order", "is_active"]
    found = (await media.get("image-status/", search="GALER")).json()
    assert [row["code"] for row in found] == ["product_gallery"]
    backwards = (await media.get("image-status/", ordering="-order")).json()
    assert backwards[0]["code"] == "other"


async def test_status_lives_and_dies_and_its_code_is_free_again(media: Media) -> None:
    made = (await media.send("POST", "image-status/", {"code": "mini", "name": "Mini"})).json()
    assert (made["icon"], made["order"], made["is_active"], made["description"]) == ("", 0, True, None)
    taken = await media.send("POST", "image-status/", {"code": "mini", "name": "Again"})
    assert taken.json() == {"code": ["Image Status with this code already exists."]}
    path = f"image-status/{made['id']}/"
    assert (await media.send("PATCH", path, {"name": "Changed"})).json()["name"] == "Changed"
    row = await media.upload(status_id=str(made["id"]))
    assert row["status"]["name"] == "Changed"
    assert (await media.send("DELETE", path)).status_code == 204
    assert (await media.get(path)).json() == {"detail": "Not found."}
    assert (await media.get(f"nomenklatura-image/{row['id']}/")).json()["status"] is None
    again = (await media.send("POST", "image-status/", {"code": "mini", "name": "Again"})).json()
    assert again["id"] != made["id"]
    assert (await media.send("DELETE", f"image-status/{again['id']}/")).status_code == 204


async def test_inactive_status_is_invisible(media: Media) -> None:
    made = await media.send("POST", "image-status/", {"code": "off", "name": "Off", "is_active": False})
    path = f"image-status/{made.json()['id']}/"
    assert (await media.get(path)).status_code == 404
    assert (await media.get("image-status/", search="off")).json() == []
    assert (await media.send("DELETE", path)).status_code == 204
    assert (await media.get("image-status/abc/")).json() == {"detail": "Not found."}


async def test_source_is_checked_shown_and_paged(media: Media) -> None:
    wrong = await media.send("POST", "image-source/", {"uploader_name": "n" * 101, "uploader_type": "robot"})
    assert wrong.json() == {
        "uploader_name": ["Ensure this field has no more than 100 characters."],
        "uploader_type": ['"robot" is not a valid choice.'],
    }
    made = (await media.send("POST", "image-source/", {"uploader_name": "Min"})).json()
    assert (made["uploader_type"], made["uploader_type_display"]) == ("other", "Other")
    changed = await media.send("PATCH", f"image-source/{made['id']}/", {"uploader_type": "admin"})
    assert changed.json()["uploader_type_display"] == "Administrator"
    shown = await media.upload("client", source_id=str(made["id"]))
    assert shown["source"] == changed.json()
    page = (await media.get("image-source/", search="min", page_size=5)).json()
    assert (page["count"], page["results"]) == (1, [changed.json()])


async def test_agents_write_sources_and_only_editors_statuses(media: Media, tokens: TokenFactory) -> None:
    agent = media.as_user(tokens.headers(3, "agent"))
    assert (await agent.send("POST", "image-source/", {"uploader_name": "Me"})).status_code == 201
    assert (await agent.send("POST", "image-status/", {"code": "x", "name": "X"})).status_code == 403
    assert (await media.as_user({}).get("image-status/")).status_code == 401


async def test_change_of_a_reference_is_told(media: Media) -> None:
    made = (await media.send("POST", "image-source/", {"uploader_name": "Told"})).json()
    (kind, data) = media.rows("select type, data::text::jsonb from outbox order by seq desc limit 1")[0]
    assert kind == "ecatalog.media.reference.changed.v1"
    assert data == {"kind": "source", "reference_id": made["id"], "is_deleted": False, "row": made}


async def test_agents_change_only_the_sources_that_they_have_made(media: Media, tokens: TokenFactory) -> None:
    agent, other = (media.as_user(tokens.headers(number, "agent")) for number in (3, 4))
    own = (await agent.send("POST", "image-source/", {"uploader_name": "Mine"})).json()
    foreign = (await media.send("POST", "image-source/", {"uploader_name": "Of an editor"})).json()
    older = media.rows("insert into image_source (uploader_name) values ('Older') returning id")[0][0]
    for user, number in ((other, own["id"]), (agent, foreign["id"]), (agent, older)):
        path = f"image-source/{number}/"
        assert (await user.get(path)).status_code == 200
        for method, body in (("PATCH", {"notes": "x"}), ("PUT", {"uploader_name": "x"}), ("DELETE", None)):
            refused = await user.send(method, path, body)
            assert (refused.status_code, refused.json()) == (404, {"detail": "Not found."})
    changed = await agent.send("PATCH", f"image-source/{own['id']}/", {"notes": "mine"})
    assert changed.json() == own | {"notes": "mine"}
    assert (await agent.send("DELETE", f"image-source/{own['id']}/")).status_code == 204
    assert (await media.send("DELETE", f"image-source/{older}/")).status_code == 204
