"""Descriptions by a model in every state, and taking them back: what start, status and cancel answer."""

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import pytest

from deploy.local.cluster import Cluster
from deploy.local.demo.api import Api
from tests.chat import ChatServer, Reply, Request, failure, text
from tests.golden.conftest import SignIn
from tests.golden.descriptions import ROOT, Products, wait_ended
from tests.golden.gates import Gate, held_products, until
from tests.golden.recording import Recording

pytestmark = pytest.mark.cluster
UNKNOWN = "01900000-0000-7000-8000-000000000000"
ModelOf = Callable[[dict[str, Reply]], None]


@pytest.fixture
def answers(model: ChatServer) -> Iterator[ModelOf]:
    """Lets the model answer for products by their names; all others are described."""
    usual = model.reply

    def set_answers(replies: dict[str, Reply]) -> None:
        model.reply = lambda request: replies.get(request.name) or described(request)

    yield set_answers
    model.reply = usual


def has_failed(admin: Api, path: str, count: int) -> bool:
    return bool(admin.get(path)["errors"] == count)


def described(request: Request) -> Reply:
    return text(f"<p>{request.name} yaxshi.</p>")


class Second:
    """Has a reply to the second request from now on, whichever product it is for: the first overtake each other."""

    def __init__(self, model: ChatServer, reply: Reply) -> None:
        self.name = ""
        self._reply = reply
        self._first = len(model.requests)

    def __call__(self, request: Request) -> Reply:
        if request.number != self._first + 1:
            return described(request)
        self.name = request.name
        return self._reply


@pytest.fixture
def second(model: ChatServer) -> Iterator[Callable[[Reply], Second]]:
    """Sets the model's reply to its second request; all others are described."""
    usual = model.reply

    def set_second(reply: Reply) -> Second:
        model.reply = second = Second(model, reply)
        return second

    yield set_second
    model.reply = usual


@pytest.fixture
def new_gate() -> Iterator[Callable[[], Gate]]:
    """Makes gates, which are open in the end: nothing else is asked while a request is held."""
    gates: list[Gate] = []

    def make() -> Gate:
        gates.append(Gate())
        return gates[-1]

    yield make
    for gate in gates:
        gate.open()


@pytest.fixture
def in_order(admin: Api) -> None:
    """Has products asked for one after the other, by a worker whose first requests, which overtake, are over."""
    Products(admin, "first", "A").describe()


def test_describing_from_its_start_to_its_end(
    golden: Recording, admin: Api, second: Callable[[Reply], Second], new_gate: Callable[[], Gate]
) -> None:
    products = Products(admin, "one", "ABC")
    second(text("<p>Kutilgan.</p>", until=(gate := new_gate()).passing))
    path = products.start(golden, "start")
    gate.wait_until_it_holds()
    until(lambda: admin.get(path)["done"] == 1)
    golden.get("processing", admin, path)
    gate.open()
    wait_ended(admin, path)
    golden.get("completed", admin, path)
    golden.delete("cancel of what is completed", admin, path)
    golden.get("completed, not cancelled", admin, path)
    path = products.start(golden, "nothing is left")
    wait_ended(admin, path)
    golden.get("nothing is left: status", admin, path)
    path = products.start(golden, "once more", overwrite=True, language="ru", limit=1)
    wait_ended(admin, path)
    golden.get("once more: status", admin, path)
    path = products.start(golden, "clear", "clear")
    wait_ended(admin, path)
    golden.get("clear: status", admin, path)
    golden.get("clear: status by the other path", admin, path.replace("bulk-clear", "bulk-enrich"))
    golden.compare()


def test_describing_one_product(golden: Recording, admin: Api) -> None:
    products = Products(admin, "single", "A")
    one = f"{ROOT}/{products.codes[0]}"
    for title, action, body in (
        ("describe", "enrich", {}), ("describe again", "enrich", {}), ("clear", "clear-enrichment", None),
        ("clear again", "clear-enrichment", None), ("keep a draft", "enrich", {"review": True}),
    ):  # fmt: skip
        answer = golden.post(title, admin, f"{one}/{action}/", json=body)
        path = answer.json()["status_url"]
        wait_ended(admin, path)
        golden.get(f"{title}: status", admin, path)
    golden.compare()


@pytest.mark.usefixtures("in_order")
def test_describing_with_failures(
    golden: Recording, admin: Api, answers: ModelOf, new_gate: Callable[[], Gate]
) -> None:
    products = Products(admin, "failing", "ABCDE")
    held = [new_gate(), new_gate()]
    refused = Reply({"role": "assistant", "refusal": "I cannot."}, until=held[0].passing)
    withheld = text("", finish_reason="content_filter", until=held[1].passing)
    answers({"B": text(""), "C": refused, "D": withheld})
    path = products.start(golden, "some fail")
    for failed, gate in enumerate(held, 1):  # errors stand in the order in which they come
        until(partial(has_failed, admin, path, failed))
        gate.open()
    wait_ended(admin, path)
    golden.get("some fail: status", admin, path)
    path = products.start(golden, "codes that are not there", code_1cs=[products.codes[1], "NO-SUCH-CODE"])
    wait_ended(admin, path)
    golden.get("codes that are not there: status", admin, path)
    path = products.start(golden, "no code is there", "clear", codes=["NO-SUCH-CODE"])
    wait_ended(admin, path)
    golden.get("no code is there: status", admin, path)
    golden.compare()


@pytest.mark.parametrize(
    ("name", "refusal"),
    [
        ("key", failure(401, "invalid_api_key")), ("model", failure(404, "model_not_found")),
        ("credit", failure(429, "insufficient_quota")),
    ],
)  # fmt: skip
def test_describing_that_the_model_refuses(
    golden: Recording, admin: Api, second: Callable[[Reply], Second], name: str, refusal: Reply
) -> None:
    products = Products(admin, f"refused-{name}", "AB")
    second(refusal)
    path = products.start(golden, "start")
    wait_ended(admin, path)
    golden.get("status", admin, path)
    golden.compare()


def test_describing_for_too_many_tokens(golden: Recording, admin: Api) -> None:
    products = Products(admin, "costly", "ABC")
    path = products.start(golden, "start", max_tokens=150)
    wait_ended(admin, path)
    golden.get("status", admin, path)
    golden.compare()


def test_describing_cancelled(
    golden: Recording, admin: Api, second: Callable[[Reply], Second], new_gate: Callable[[], Gate]
) -> None:
    products = Products(admin, "cancelled", "ABC")
    held = second(text("<p>Kutilgan.</p>", until=(gate := new_gate()).passing))
    path = products.start(golden, "start")
    gate.wait_until_it_holds()
    until(lambda: admin.get(path)["done"] == 1)
    golden.delete("cancel", admin, path)
    golden.get("cancelled", admin, path)
    until(lambda: products.status_of(f"cancelled-{held.name}") == "PENDING")
    gate.open()
    golden.get("cancelled and left", admin, path)
    golden.delete("cancel again", admin, path)
    golden.get("cancelled twice", admin, path)
    golden.compare()


def test_clearing_that_goes_on(golden: Recording, cluster: Cluster, admin: Api) -> None:
    products = Products(admin, "clearing", "ABC")
    wait_ended(admin, products.start(golden, "describe"))
    with held_products(cluster, products.codes[1:2]) as rows:
        path = products.start(golden, "clear", "clear")
        rows.wait_until_it_holds()
        golden.get("processing", admin, path)
        golden.delete("cancel", admin, path)
        golden.get("cancelled", admin, path)
        rows.wait_until_it_is_left()
        rows.open()
    golden.get("cancelled and left", admin, path)
    with held_products(cluster, products.codes[:1]) as rows:
        path = products.start(golden, "clear again", "clear")
        rows.wait_until_it_holds()
        rows.open()
    wait_ended(admin, path)
    golden.get("completed", admin, path)
    golden.compare()


def test_descriptions_seen_by_others(golden: Recording, admin: Api, user: SignIn, anonymous: Api) -> None:
    products = Products(admin, "foreign", "A")
    one = f"{ROOT}/{products.codes[0]}"
    answer = golden.post("an editor's", user("editor"), f"{one}/enrich/", json={})
    path = answer.json()["status_url"]
    wait_ended(admin, path)
    others = {name: user(name) for name in ("editor", "editor2", "agent", "reader")}
    for name, api in {**others, "admin": admin, "nobody": anonymous}.items():
        golden.get(f"{name}: status", api, path)
        golden.delete(f"{name}: cancel", api, path)
    for name, api in {"agent": user("agent"), "reader": user("reader"), "nobody": anonymous}.items():
        for action in ("bulk-enrich", "bulk-clear"):
            golden.post(f"{name}: {action}", api, f"{ROOT}/{action}/", json={"codes": products.codes})
        golden.post(f"{name}: enrich", api, f"{one}/enrich/", json={})
        golden.post(f"{name}: clear", api, f"{one}/clear-enrichment/")
    golden.compare()


@pytest.fixture
def only_twelve_described(admin: Api) -> None:
    """Leaves a description by a model to no product but these, whatever other tests had described."""
    wait_ended(admin, admin.post(f"{ROOT}/bulk-clear/", {"all": True})["status_url"])
    Products(admin, "counted", "ABCDEFGHIJKL").describe()


@pytest.mark.usefixtures("only_twelve_described")
def test_descriptions_that_are_wrong(golden: Recording, admin: Api) -> None:
    wrong: list[dict[str, Any]] = [
        {}, {"codes": []}, {"codes": "A"}, {"codes": [None]}, {"codes": ["A"], "code_1cs": ["B"]},
        {"all": True, "language": "de"}, {"all": True, "limit": 0}, {"project_id": 999999999},
    ]  # fmt: skip
    for body in wrong:
        for action in ("bulk-enrich", "bulk-clear"):
            golden.post(f"{action} of {body}", admin, f"{ROOT}/{action}/", json=body)
    products = Products(admin, "twice", "A")
    admin.post(f"{ROOT}/", {"code_1c": products.codes[0], "name": "Of no project"})
    for code in ("NO-SUCH-CODE", products.codes[0]):
        golden.post(f"enrich of {code}", admin, f"{ROOT}/{code}/enrich/", json={})
        golden.post(f"clear of {code}", admin, f"{ROOT}/{code}/clear-enrichment/")
    path = products.start(golden, "one of a project", codes=products.codes)
    wait_ended(admin, path)
    golden.get("one of a project: status", admin, path)
    answer = golden.post("several of a code", admin, f"{ROOT}/bulk-enrich/", json={"codes": products.codes})
    wait_ended(admin, answer.json()["status_url"])
    golden.get("several of a code: status", admin, answer.json()["status_url"])
    for task in (UNKNOWN, "no-uuid"):
        for action in ("bulk-enrich", "bulk-clear"):
            golden.get("no such task", admin, f"{ROOT}/{action}/{task}/")
            golden.delete("no such task: cancel", admin, f"{ROOT}/{action}/{task}/")
    golden.ask("a status by PUT", admin, "PUT", f"{ROOT}/bulk-enrich/{UNKNOWN}/")
    golden.compare()
