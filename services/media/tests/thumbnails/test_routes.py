import pytest
from ecatalog.testing.tokens import TokenFactory

from ..builders import Media, picture


async def ids(media: Media, path: str = "", **query: str) -> list[int]:
    response = await media.get(f"thumbnails/{path}", **query)
    assert response.status_code == 200, response.text
    return [row["image_id"] for row in response.json()["results"]]


async def test_feed_shows_everything_of_a_picture(media: Media) -> None:
    row = await media.upload("client", picture(400, 300), is_main="true", status_id="1", note="n")
    body = (await media.get("thumbnails/")).json()
    size = int(media.rows("select thumbnail_size from file")[0][0])
    original = len(picture(400, 300))
    [shown] = body["results"]
    assert shown == {
        "entity_type": "client", "entity_id": 1, "code_1c": "CLI001", "entity_name": "Client", "image_id": row["id"],
        "thumbnail_url": row["image_thumbnail_url"],
        "thumbnail_dimensions": {
            "width": 150, "height": 150, "format": "JPEG", "size": shown["thumbnail_dimensions"]["size"],
        },
        "original_dimensions": {
            "width": 400, "height": 300, "format": "JPEG", "size_bytes": original,
            "size": shown["original_dimensions"]["size"],
        },
        "is_main": True, "category": None, "note": "n", "status_code": "store_before",
        "status_name": "Magazin - Tashrif oldidan", "source_name": None, "source_type": None,
        "created_at": row["created_at"],
    }  # fmt: skip
    assert body["total_count"] == 1
    assert body["total_size"]["thumbnail"]["size_bytes"] == size
    assert body["total_size"]["original"] == {"size_bytes": original, "size": shown["original_dimensions"]["size"]}


@pytest.mark.parametrize(
    ("size", "text"),
    [(0, "0 B"), (1023, "1023 B"), (2349, "2.29 KB"), (1_447_034, "1.38 MB"), (3 * 2**30, "3.00 GB")],
)
def test_sizes_are_readable(media: Media, size: int, text: str) -> None:
    assert media.rows("select human_size(%s)", size) == [(text,)]


async def test_feed_is_narrowed_newest_first(media: Media) -> None:
    project = (await media.upload("project"))["id"]
    client = (await media.upload("client", is_main="true", status_id="2"))["id"]
    product = (await media.upload("nomenklatura"))["id"]
    assert await ids(media) == [product, client, project]
    for query, expected in (
        ({"entity_type": "project"}, [project]), ({"entity_type": " Client , NOMENKLATURA "}, [product, client]),
        ({"entity_type": "foo"}, [product, client, project]), ({"entity_type": "foo,project"}, [project]),
        ({"is_main": "yes"}, [client]), ({"is_main": "x"}, [product, project]), ({"status": "store_after"}, [client]),
        ({"status": "nope"}, []), ({"limit": "2"}, [product, client]), ({"limit": "-1"}, [product, client, project]),
        ({"code_1c": "PROJ001"}, [project]), ({"client_code_1c": "CLI001"}, [client]),
        ({"article_code": "ART-1"}, [product]),
    ):  # fmt: skip
        assert await ids(media, **query) == expected, query
    assert await ids(media, "projects/") == [project]
    assert await ids(media, "clients/", client_id="1") == [client]
    assert await ids(media, "nomenklatura/", code_1c="NOM001") == [product]
    refused = await media.get("thumbnails/clients/", client_id="abc")
    assert (refused.status_code, refused.json()) == (400, {"client_id": ["Enter a number."]})


async def test_each_user_sees_the_clients_of_his_regions_and_strangers_none(media: Media, tokens: TokenFactory) -> None:
    near, far = (await media.upload("client"))["id"], (await media.upload("client", client="CLI002"))["id"]
    product = (await media.upload())["id"]
    agent, stranger = media.as_user(tokens.headers(4, "agent", regions=("R1",))), media.as_user({})
    for _ in range(2):  # the second time from memory
        assert await ids(media) == [product, far, near]
        assert await ids(agent) == [product, near]
        assert await ids(agent, "clients/") == [near]
        assert await ids(stranger) == [product]
        assert await ids(stranger, entity_type="client") == []
        assert (await stranger.get("thumbnails/clients/")).status_code == 401


async def test_new_and_deleted_pictures_are_in_the_next_answer(media: Media) -> None:
    assert await ids(media) == []
    first = (await media.upload())["id"]
    assert await ids(media) == [first]
    await media.send("PATCH", f"nomenklatura-image/{first}/", {"is_main": True})
    assert await ids(media, is_main="true") == [first]
    await media.send("DELETE", f"nomenklatura-image/{first}/")
    assert await ids(media) == []


async def test_pictures_of_a_deleted_owner_are_not_shown(media: Media) -> None:
    await media.upload()
    media.rows("update nomenklatura set is_deleted = true where id = 1 returning id")
    assert await ids(media, limit="7") == []
    assert (await media.get("nomenklatura-image/", page_size=7)).json()["count"] == 0
