"""``project_ids``: how some clients name the project of a row."""

from typing import Any

import pytest

from .builders import Catalog

KINDS = [("client", "client_code_1c"), ("nomenklatura", "code_1c")]
ONE_PROJECT = {"project_ids": ["A row belongs to one project: send one id."]}


def project_of(row: dict[str, Any]) -> Any:
    """Its id, None for none."""
    return row["project"] and row["project"]["id"]


@pytest.mark.parametrize(("kind", "code"), KINDS)
async def test_one_id_means_that_project_in_every_way_in(api: Catalog, kind: str, code: str) -> None:
    one, two = (await api.make_project("P1"))["id"], (await api.make_project("P2"))["id"]
    made = {
        "list": {"project_ids": [one]}, "text": {"project_ids": [str(one)]}, "alone": {"project_ids": one},
        "twice": {"project_ids": [one, one]}, "both": {"project_id": one, "project_ids": [one]},
        "blank": {"project_id": "", "project_ids": [one]}, "empty": {"project_id": one, "project_ids": []},
    }  # fmt: skip
    for name, fields in made.items():
        assert project_of(await api.make(kind, **{code: name, "name": "x"}, **fields)) == one, name
    for sent in ([str(one)], [f"[{one}]"]):
        form = {code: f"form {sent}", "name": "x", "project_ids": sent}
        response = await api.client.post(f"/api/v1/{kind}/", data=form, headers=api.headers)
        assert project_of(response.json()) == one
    changed = await api.patch(f"{kind}/list/", {"project_ids": [two]})
    assert project_of(changed.json()) == two
    (outcome,) = (await api.post(f"{kind}/bulk/", [{code: "bulk row", "name": "x", "project_ids": [two]}])).json()[
        "results"
    ]
    assert outcome["status"] == "created"
    assert project_of((await api.get(f"{kind}/bulk row/")).json()) == two


@pytest.mark.parametrize(("kind", "code"), KINDS)
async def test_no_id_means_no_project_and_null_says_nothing(api: Catalog, kind: str, code: str) -> None:
    project = (await api.make_project("P1"))["id"]
    assert project_of(await api.make(kind, **{code: "X", "name": "x", "project_ids": []})) is None
    await api.make(kind, **{code: "Y", "name": "x", "project_id": project})
    assert project_of((await api.patch(f"{kind}/Y/", {"project_ids": None})).json()) == project
    assert project_of((await api.patch(f"{kind}/Y/", {"project_ids": []})).json()) is None


@pytest.mark.parametrize(("kind", "code"), KINDS)
@pytest.mark.parametrize(
    ("sent", "wrong"),
    [
        ({"project_ids": [1, 2]}, ONE_PROJECT),
        ({"project_ids": ["one"]}, {"project_ids": ["A valid integer is required."]}),
        ({"project_ids": [{"id": 1}]}, {"project_ids": ["A valid integer is required."]}),
        ({"project_ids": {"id": 1}}, {"project_ids": ["A valid integer is required."]}),
        ({"project_ids": [999999]}, {"project_id": ['Invalid pk "999999" - object does not exist.']}),
        (
            {"project_id": 1, "project_ids": [2]},
            {"project_ids": ["project_id and project_ids name different projects."]},
        ),
    ],
)
async def test_what_names_no_one_project_is_refused(api: Catalog, kind: str, code: str, sent: Any, wrong: Any) -> None:
    response = await api.post(f"{kind}/", {code: "X", "name": "x"} | sent)
    assert (response.status_code, response.json()) == (400, wrong)


@pytest.mark.parametrize(("kind", "code"), KINDS)
@pytest.mark.parametrize("is_multipart", [False, True], ids=["urlencoded", "multipart"])
async def test_no_id_of_a_form_is_dropped(api: Catalog, kind: str, code: str, is_multipart: bool) -> None:
    one, two = (await api.make_project("P1"))["id"], (await api.make_project("P2"))["id"]

    async def made(name: str, *ids: Any) -> Any:
        form = {code: name, "name": "x", "project_ids": [str(sent) for sent in ids]}
        files = {"file": b""} if is_multipart else None
        return await api.client.post(f"/api/v1/{kind}/", data=form, files=files, headers=api.headers)

    refused = await made("X", one, two)
    assert (refused.status_code, refused.json()) == (400, ONE_PROJECT)
    for name, ids in {"twice": (one, one), "blank last": (one, ""), "blank first": ("", one)}.items():
        assert project_of((await made(name, *ids)).json()) == one, name
