"""What servers that speak chat completions really send: each answer is understood, or told in one line."""

import asyncio
from functools import partial
from typing import Any

import pytest
from catalog.descriptions.answers import TOO_LONG, Completion, answer_of
from catalog.descriptions.failures import RunStopped
from catalog.descriptions.outcomes import RowResult, Totals
from catalog.settings import CatalogSettings
from ecatalog.testing.ports import free_port
from pydantic import SecretStr

from tests.chat import ChatServer, Reply, Request, raw, text

from .rows import add_products, describe, described

pytestmark = pytest.mark.usefixtures("fresh")
TEA = "<p>Yaxshi choy.</p>"


async def ask(settings: CatalogSettings, model: ChatServer, reply: Reply, rows: int = 1) -> tuple[Totals, list[str]]:
    """A run in which each request gets this answer; its numbers, and why rows failed."""
    add_products(settings, rows)
    model.reply = lambda _: reply
    reasons: list[str] = []
    once = settings.model_copy(update={"openai_retries": 0})
    totals = await describe(once, report=partial(note, reasons))
    return totals, reasons


def note(reasons: list[str], outcome: RowResult) -> None:
    if outcome.error:
        reasons.append(outcome.error)


def error(message: Any, code: Any = None, **more: Any) -> dict[str, Any]:
    return {"error": {"message": message, "type": "x", "code": code} | more}


CHOICE = {"index": 0, "finish_reason": "stop", "message": {"role": "assistant", "content": TEA}}
ROW, RUN = "row", "run"

# What is sent, whether only the row fails or the run stops, and what is told of it.
ERRORS_IN_A_200 = [
    (error("insufficient credits", 402), RUN, "no quota left; add credit to it (402): insufficient credits"),
    (error("Your credit balance is too low"), RUN, "credit balance is too low"),
    (error("You exceeded your current quota", "insufficient_quota"), RUN, "no quota left"),
    (error("Invalid API key", 401), RUN, "refused OPENAI_API_KEY (401): Invalid API key"),
    (error("Invalid API key", "invalid_api_key"), RUN, "refused OPENAI_API_KEY: Invalid API key"),
    (error("No endpoints found for x", 404), RUN, "knows no model 'gpt-3.5-turbo'; set OPENAI_MODEL (404)"),
    (error("upstream error", 502), ROW, "the server answered 502: upstream error"),
    (error("upstream error", "502"), ROW, "the server answered 502: upstream error"),
    (error("the model is loading"), ROW, "the server answered an error: the model is loading"),
    ({"error": "the model is loading"}, ROW, "the server answered an error: the model is loading"),
    ({"error": ["a", {"message": "b"}]}, ROW, "an error: a; b"),
    ([error("out of memory", 500)], ROW, "the server answered 500: out of memory"),
    ({"object": "error", "message": "it broke", "code": 50001}, ROW, "an error: it broke"),
    ({"success": False, "errors": [{"code": 7003, "message": "It broke"}]}, ROW, "an error: It broke"),
    ({"errors": [{"code": 7003, "message": "Could not route to /x"}]}, RUN, "It often ends in /v1"),
    ({"error": "Unexpected endpoint or method. (POST /x)"}, RUN, "It often ends in /v1: Unexpected endpoint"),
    ({"base_resp": {"status_code": 1008, "status_msg": "insufficient balance"}}, RUN, "no quota left"),
    ({"code": 500, "msg": "404 NOT_FOUND", "success": False}, ROW, "500: 404 NOT_FOUND"),
    ({"detail": "it broke"}, ROW, "an error: it broke"),
    ({"choices": [CHOICE | {"error": {"message": "cut", "code": 502}, "finish_reason": "error"}]}, ROW, "502: cut"),
    ({"error": {"message": "it broke"}, "choices": [CHOICE]}, ROW, "an error: it broke"),
    (error("Provider error", 400, metadata={"raw": '{"error": {"message": "bad words"}}'}), ROW, "bad words"),
    ({"code": 500, "message": "it broke", "choices": [CHOICE]}, ROW, "the server answered 500: it broke"),
    ({"status": "error", "message": "it broke", "choices": [CHOICE]}, ROW, "an error: it broke"),
    ({"error_code": 336, "error_msg": "it broke", "choices": [CHOICE]}, ROW, "an error: it broke"),
    (
        {"base_resp": {"status_code": 1008, "status_msg": "insufficient balance"}, "choices": [CHOICE]},
        RUN,
        "no quota left",
    ),
    ({"choices": []}, ROW, "the server sent no answer of a model"),
    ({"choices": None}, ROW, "the server sent no answer of a model"),
    ({}, ROW, "the server sent no answer of a model"),
    (b"", ROW, "the server sent no answer of a model"),
    (b'"hello"', ROW, "an error: hello"),
    (b"data: {}\n\n", ROW, "an error: data: {}"),
    (
        b"<html><head><title>Sign in</title></head></html>",
        RUN,
        "is OPENAI_BASE_URL right? It often ends in /v1: Sign in",
    ),
]


@pytest.mark.parametrize(("body", "ends", "told"), ERRORS_IN_A_200)
async def test_error_within_a_good_status_is_that_error(
    with_model: CatalogSettings, model: ChatServer, body: Any, ends: str, told: str
) -> None:
    totals, reasons = await ask(with_model, model, raw(body))
    assert described(with_model) == {}
    assert totals.done == 0
    if ends == ROW:
        assert (totals.failed, totals.unfinished) == (1, "")
        assert told in reasons[0]
    else:
        assert (totals.failed, reasons) == (0, [])
        assert told in totals.unfinished


# A status of its own, the body, what ends, and what is told.
REFUSALS = [
    (401, error("Incorrect API key: test-key."), RUN, "refused OPENAI_API_KEY (401): Incorrect API key: \u2026"),
    (400, error("API key not valid. Please pass a valid API key."), RUN, "refused OPENAI_API_KEY (400)"),
    (403, error("Country, region, or territory not supported"), RUN, "(403): Country, region"),
    (403, error("Input was flagged by moderation"), ROW, "rules on content (403): Input was flagged"),
    (402, {"detail": "Payment Required"}, RUN, "no quota left; add credit to it (402): Payment Required"),
    (429, error("You exceeded your current quota", "insufficient_quota"), RUN, "no quota left"),
    (404, error("The model `gpt-9.1` does not exist", "model_not_found"), RUN, "knows no model"),
    (400, error("x/y is not a valid model ID"), RUN, "knows no model 'gpt-3.5-turbo'"),
    (400, error("No models loaded. Please load a model in the developer page."), RUN, "knows no model"),
    (400, error("The model `x` has been decommissioned"), RUN, "knows no model 'gpt-3.5-turbo'; set OPENAI_MODEL"),
    (404, {"detail": "Not Found"}, RUN, "OPENAI_BASE_URL right? It often ends in /v1 (404): Not Found"),
    (404, b"404 page not found", RUN, "It often ends in /v1 (404): 404 page not found"),
    (404, b"<!DOCTYPE html><html><title>Oops</title>", RUN, "It often ends in /v1 (404): Oops"),
    (404, b"", RUN, "It often ends in /v1 (404)"),
    (405, {"detail": "Method Not Allowed"}, RUN, "It often ends in /v1 (405)"),
    (400, error("maximum context length is 2", "context_length_exceeded"), ROW, "lower OPENAI_ANSWER_TOKENS"),
    (413, b"Payload Too Large", ROW, "too long for the model"),
    (400, error("max_tokens is too large: 1000. It supports at most 512"), ROW, "lower OPENAI_ANSWER_TOKENS"),
    (400, error("blocked", "content_filter"), ROW, "withheld it because of its rules on content (400): blocked"),
    (422, {"detail": [{"loc": ["body", "stop"], "msg": "bad"}]}, ROW, "the server answered 422: body.stop: bad"),
    (500, b"<html><title>502 Bad Gateway</title></html>", ROW, "the server answered 500: 502 Bad Gateway"),
    (503, error("No\nservers\tare\x1b[31m free"), ROW, "the server answered 503: No servers are [31m free"),
    (418, b"\xff\xfe", ROW, "the server answered 418"),
]


@pytest.mark.parametrize(("status", "body", "ends", "told"), REFUSALS)
async def test_refusal_is_told_in_one_line_with_the_servers_words(
    with_model: CatalogSettings, model: ChatServer, status: int, body: Any, ends: str, told: str
) -> None:
    totals, reasons = await ask(with_model, model, raw(body, status))
    assert (totals.done, totals.failed) == (0, 1 if ends == ROW else 0)
    said = reasons[0] if ends == ROW else totals.unfinished
    assert told in said
    assert "\n" not in said
    assert "test-key" not in said
    assert len(said) < 500


async def test_no_credit_stops_before_all_rows_are_asked(with_model: CatalogSettings, model: ChatServer) -> None:
    totals, _ = await ask(with_model, model, raw(error("insufficient credits", 402)), rows=30)
    assert "insufficient credits" in totals.unfinished
    assert len(model.requests) <= 8


@pytest.mark.parametrize("status", [200, 429])
async def test_who_asks_too_often_waits_and_then_goes_on(
    with_model: CatalogSettings, model: ChatServer, status: int
) -> None:
    add_products(with_model, 4)
    refused = raw(error("Rate limit exceeded: free-models-per-min", 429 if status == 200 else None), status)
    model.reply = lambda request: refused if request.number < 5 else text(TEA)
    assert (await describe(with_model)).done == 4


# A parameter, and how servers say that they do not take it.
OLD, NEW = "max_tokens", "max_completion_tokens"
UNKNOWN_PARAMETERS = [
    (OLD, 400, error(f"'{OLD}' is not supported with this model. Use '{NEW}' instead.", param=OLD)),
    (OLD, 400, error("Unsupported parameter", "unsupported_parameter", param=OLD)),
    (OLD, 422, {"detail": [{"loc": ["body", OLD], "msg": "Extra inputs are not permitted"}]}),
    (OLD, 422, {"object": "error", "message": {"detail": [{"loc": ["body", OLD], "msg": "Extra inputs"}]}}),
    (OLD, 400, [error(f'Invalid JSON payload received. Unknown name "{OLD}": Cannot find field.', 400)]),
    (OLD, 400, {"message": f"{OLD}: Extra inputs are not permitted"}),
    (OLD, 200, error(f"property '{OLD}' is unsupported", 400)),
    (OLD, 200, error(f"{NEW}: Field required")),
]
NO_SYSTEM_ROLE = [
    (400, error("System role not supported", 400)),
    (500, error("Jinja Exception: System role not supported")),
    (400, error("Conversation roles must alternate user/assistant/user/assistant/...")),
    (400, error("Unsupported value: 'role' does not support 'system' here.", param="messages[0].role")),
    (400, error("Developer instruction is not enabled for models/gemma-3-27b-it")),
    (422, {"detail": [{"loc": ["body", "messages", 0, "role"], "msg": "Input should be 'user' or 'assistant'"}]}),
    (400, error("Only user and assistant roles are supported!")),
    (200, error("system messages are not supported by this model")),
    (400, error("The first message must be from user")),
]


@pytest.mark.parametrize(("name", "status", "body"), UNKNOWN_PARAMETERS)
async def test_parameter_that_a_server_refuses_is_left_out_and_remembered(
    with_model: CatalogSettings, model: ChatServer, name: str, status: int, body: Any
) -> None:
    add_products(with_model, 12)
    model.reply = lambda request: raw(body, status) if name in request.body else text(TEA)
    assert (await describe(with_model, at_once=1)).done == 12
    refused = [request for request in model.requests if name in request.body]
    assert len(refused) <= 2, "those that were sent before the first was answered"
    assert all(request.body[NEW] == 1000 for request in model.requests if request not in refused)


async def test_both_names_of_a_limit_may_be_unknown(with_model: CatalogSettings, model: ChatServer) -> None:
    add_products(with_model, 3)

    def reply(request: Request) -> Reply:
        sent = {OLD, NEW} & set(request.body)
        return raw({"detail": f"unknown field {sent.pop()}"}, 422) if sent else text(TEA)

    model.reply = reply
    assert (await describe(with_model)).done == 3


@pytest.mark.parametrize(("status", "body"), NO_SYSTEM_ROLE)
async def test_instructions_go_to_the_user_where_there_is_no_system_role(
    with_model: CatalogSettings, model: ChatServer, status: int, body: Any
) -> None:
    add_products(with_model, 3)
    model.reply = lambda one: raw(body, status) if one.body["messages"][0]["role"] == "system" else text(TEA)
    settings = with_model.model_copy(update={"openai_retries": 0})
    assert (await describe(settings)).done == 3
    (only,) = model.requests[-1].body["messages"]
    assert (only["role"], only["content"].startswith("You write short descriptions")) == ("user", True)
    assert model.requests[-1].name.startswith("Product ")


async def test_refusal_that_nothing_mends_is_told(with_model: CatalogSettings, model: ChatServer) -> None:
    _, reasons = await ask(with_model, model, raw(error("System role not supported"), 400))
    assert reasons == ["the server answered 400: System role not supported"]
    assert len(model.requests) == 2


async def test_answers_of_no_use_stop_the_run_like_a_server_that_is_away(
    with_model: CatalogSettings, model: ChatServer
) -> None:
    totals, _ = await ask(with_model, model, text("<think>without an end"), rows=100)
    assert totals.done == 0
    assert totals.failed < 40
    assert "rows in a row failed; the last one because the model's thoughts have no end" in totals.unfinished


async def test_answer_without_bounds_is_not_read_to_its_end(with_model: CatalogSettings, model: ChatServer) -> None:
    _, reasons = await ask(with_model, model, text("x" * 9_000_000))
    assert reasons == ["the answer is larger than 8,388,608 bytes"]


def said(content: Any, finish_reason: Any = "stop", used: Any = 20, **message: Any) -> Completion:
    choice = {"message": {"role": "assistant", "content": content} | message, "finish_reason": finish_reason}
    return answer_of({"choices": [choice], "usage": {"completion_tokens": used}}, 1000, 10, 0.1)


@pytest.mark.parametrize(
    "reason",
    ["stop", "STOP", "FinishReason.STOP", "eos", "eos_token", "stop_sequence", "end_turn", "COMPLETE", None, ""],
)
def test_answer_that_ended_as_it_should_is_whole(reason: Any) -> None:
    assert (said(TEA, reason).text, said(TEA, reason).refusal) == (TEA, "")
    assert said(TEA, {"type": reason}).refusal == ""


@pytest.mark.parametrize(
    "reason",
    ["length", "max_tokens", "MAX_TOKENS", "model_length", "content_filter", "SAFETY", "RECITATION", "tool_calls",
     "function_call", "error", "abort", "cancelled", "timeout", "insufficient_system_resource", "whatever", 7, True],
)  # fmt: skip
def test_half_of_an_answer_is_none(reason: Any) -> None:
    assert said("<p>Yaxshi choy.</p>", reason).refusal


def test_answer_whose_end_nobody_tells_must_look_whole() -> None:
    assert "ends within a sentence" in said("<p>Yaxshi ch", None).refusal
    for open_end in ("<p>Choy.</p><ul><li>qora</li>", "<OL><li>a.", "<table><tr><td>1</td></tr>"):
        assert "ends within a sentence or a list" in said(open_end, None).refusal
    assert said("<ul><li>a<li>b</ul><p>Choy.", None).refusal == ""
    assert said("<p>Yaxshi choy.</p>", None, used=1000).refusal == TOO_LONG


@pytest.mark.parametrize(
    "content",
    [
        [{"type": "text", "text": TEA}], [{"type": "text", "text": TEA[:9]}, {"type": "text", "text": TEA[9:]}],
        [{"type": "thinking", "thinking": [{"type": "text", "text": "Hm"}]}, {"type": "text", "text": TEA}],
        [{"type": "reasoning", "text": "Hm"}, {"type": "output_text", "text": TEA}], [TEA],
        [[{"type": "text", "text": TEA}]],
        {"type": "text", "text": TEA}, [{"text": TEA}], [{"type": "text", "text": {"value": TEA, "annotations": []}}],
    ],
)  # fmt: skip
def test_text_in_parts_is_read(content: Any) -> None:
    assert (said(content).text, said(content).refusal) == (TEA, "")


@pytest.mark.parametrize(
    ("content", "told"),
    [
        ([{"type": "image_url", "image_url": {}}], "image_url"), ([{"type": "refusal", "refusal": "No."}], "No."),
        (7, "int"), ([[[[[["deep"]]]]]], "list"), ([{"type": "text", "text": 7}], "int"),
    ],
)  # fmt: skip
def test_what_is_no_text_is_told(content: Any, told: str) -> None:
    answer = said(content)
    assert (answer.text, told in answer.refusal) == ("", True)


def test_what_stands_beside_the_text_is_no_part_of_it() -> None:
    assert said(TEA, reasoning_content="Hm", reasoning="Hm", reasoning_details=[{"text": "Hm"}]).text == TEA
    assert "only thought" in said(None, reasoning_content="Hm").refusal
    assert "function" in said(None, tool_calls=[{"id": 1}]).refusal
    assert said(None, refusal="No.").refusal == "the model declined: No."


# What stands in the variable, and what is sent, or told.
KEYS = [
    ("sk-x", "sk-x"), (' "sk-x" ', "sk-x"), ("'sk-x'\n", "sk-x"), ("\ufeffsk-x\u00a0", "sk-x"), ("sk-x\r\n", "sk-x"),
    ("Bearer sk-x", "sk-x"), ("sk-x\r\n", "sk-x"), ("sk-x;", "sk-x"),
]  # fmt: skip
BAD_KEYS = [
    ("sk-\u0445", "OPENAI_API_KEY cannot be sent: its character 4 is a cyrillic small letter ha"),
    ("sk-a\nsk-b", "its character 5 is a line break"), ("sk-a b", "its character 5 is a space"),
    ("sk-\u2026", "ellipsis"),
    ("", "OPENAI_API_KEY is not set"), (' "" ', "OPENAI_API_KEY is not set"), ("Bearer ", "OPENAI_API_KEY is not set"),
]  # fmt: skip


@pytest.mark.parametrize(("typed", "sent"), KEYS)
async def test_key_is_mended_where_it_is_plain_what_is_meant(
    with_model: CatalogSettings, model: ChatServer, typed: str, sent: str
) -> None:
    add_products(with_model, 1)
    settings = with_model.model_copy(update={"openai_api_key": SecretStr(typed)})
    assert (await describe(settings)).done == 1
    assert model.requests[0].headers["authorization"] == f"Bearer {sent}"


@pytest.mark.parametrize(("typed", "told"), BAD_KEYS)
async def test_key_that_cannot_be_sent_is_told_without_it(with_model: CatalogSettings, typed: str, told: str) -> None:
    with pytest.raises(RunStopped) as stopped:
        await describe(with_model.model_copy(update={"openai_api_key": SecretStr(typed)}))
    assert stopped.value.setup
    assert told in str(stopped.value)
    assert "sk-" not in str(stopped.value)


@pytest.mark.parametrize("around", ["{}", " {} ", '"{}"', "{}/", "{}/chat/completions", "{}/chat/completions/", "{}\n"])
async def test_address_is_mended_where_it_is_plain_what_is_meant(
    with_model: CatalogSettings, model: ChatServer, around: str
) -> None:
    add_products(with_model, 1)
    settings = with_model.model_copy(update={"openai_base_url": around.format(model.url)})
    assert (await describe(settings)).done == 1


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ("localhost:11434/v1", "is no address: 'localhost:11434/v1'"), ("api.openai.com", "is no address"),
        ("ftp://x/v1", "is no address"), ("http://", "is no address"), ("http://x:99999/v1", "is no address"),
        ("http://[::1/v1", "is no address"), ("http://x y/v1", "its character 9 is a space"),
        ("http://х.uz/v1", "its character 8 is a cyrillic small letter ha"),
    ],
)  # fmt: skip
async def test_address_that_is_none_is_told(with_model: CatalogSettings, typed: str, told: str) -> None:
    with pytest.raises(RunStopped, match="OPENAI_BASE_URL") as stopped:
        await describe(with_model.model_copy(update={"openai_base_url": typed}))
    assert (stopped.value.setup, told in str(stopped.value)) == (True, True)


async def plain(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    writer.write(b"HTTP/1.1 400 Bad Request\r\n\r\n")
    await writer.drain()
    writer.close()


async def test_server_that_is_not_there_is_told_with_the_reason(with_model: CatalogSettings) -> None:
    add_products(with_model, 1)
    server = await asyncio.start_server(plain, "127.0.0.1", 0)
    port, other = free_port(), server.sockets[0].getsockname()[1]
    for address, told in (
        (f"http://127.0.0.1:{port}/v1", f"nothing listens at http://127.0.0.1:{port}/v1"),
        ("http://no-such-host.invalid/v1", "the name in http://no-such-host.invalid/v1 is not found"),
        (f"https://127.0.0.1:{other}/v1", "is it http and not https?"),
    ):
        reasons: list[str] = []
        once = with_model.model_copy(update={"openai_retries": 0, "openai_base_url": address})
        await describe(once, report=partial(note, reasons))
        assert told in reasons[0]
    server.close()
