"""What a model answers, as a description."""

import gc
import time
from contextlib import suppress

import pytest
from catalog.descriptions.cleaning import MAX_CHARACTERS, description_of, visible
from catalog.descriptions.failures import RowFailed
from catalog.html import clean

PAYLOADS = (
    "<script>alert(1)</script>", "<img src=x onerror=alert(1)>", "<a href='javascript:alert(1)'>x</a>",
    "<svg onload=alert(1)>", "<iframe src='//evil'></iframe>", "<p onclick='x()'>", "<style>p{}</style>",
    "<math><mi//xlink:href='data:x,<script>alert(1)</script>'>", "<form action=//evil><input>",
)  # fmt: skip


@pytest.mark.parametrize(
    ("answer", "made"),
    [
        ("<p>Choy</p>", "<p>Choy</p>"),
        ("  ```html\n<p>Choy</p>\n```  ", "<p>Choy</p>"),
        ("Choy", "<p>Choy</p>"),
        ("Bir\nqator.\n\nIkki", "<p>Bir qator.</p><p>Ikki</p>"),
        ("5 < 6 & 7", "<p>5 &lt; 6 &amp; 7</p>"),
        ("Tom &amp; Jerry", "<p>Tom &amp; Jerry</p>"),
        ("&lt;script&gt;alert(1)&lt;/script&gt;", "<p>&lt;script&gt;alert(1)&lt;/script&gt;</p>"),
        ("<b>Choy</b> yaxshi", "<p><b>Choy</b> yaxshi</p>"),
        ("<ul><li>a<li>b</ul>", "<ul><li>a</li><li>b</li></ul>"),
        ("<p>a\x00b\ud800c</p>", "<p>abc</p>"),
    ],
)
def test_answer_becomes_a_description(answer: str, made: str) -> None:
    assert description_of(answer) == made


@pytest.mark.parametrize("payload", PAYLOADS)
def test_nothing_that_runs_stays_in_a_description(payload: str) -> None:
    for answer in (f"<p>Choy</p>{payload}", f"Choy {payload}", f"<p>Choy {payload} yaxshi</p>"):
        made = description_of(answer)
        assert visible(made).startswith("Choy")
        assert clean(made) == made
        for word in ("<script", "onerror", "javascript:", "onload", "<iframe", "onclick", "<style", "<form", "<svg"):
            assert word not in made


@pytest.mark.parametrize(
    "answer",
    ["", "   ", "<p></p>", "<p>&nbsp;</p>", "```html\n```", "<script>alert(1)</script>", "\x00", "<!-- x -->",
     "I'm sorry, but I can't do that.", "I cannot assist with this.", "As an AI, I have no opinion.",
     "<p>Sorry, no.</p>", "Kechirasiz, men bu haqda yoza olmayman.", "Извините, я не могу помочь."],
)  # fmt: skip
def test_answer_that_is_no_description_is_refused(answer: str) -> None:
    with pytest.raises(RowFailed, match=r"empty|declined"):
        description_of(answer)


@pytest.mark.parametrize(
    "answer",
    ["<p>Yaxshi choy.</p>" * 5000, "so'z " * 20_000, "x" * 100_000, "x" + "<b>" * 5000, "&" * 40_000,
     "<p>" + "<i>a</i>" * 5000],
)  # fmt: skip
def test_long_answer_is_cut_and_stays_whole_html(answer: str) -> None:
    made = description_of(answer)
    assert 0 < len(made) <= MAX_CHARACTERS
    assert clean(made) == made


TEA = "<p>Yaxshi choy.</p>"

THOUGHTS = (
    "<think>\nOkay, no price is given.\n</think>\n\n", "<thinking>x</thinking>", "<THOUGHT>x</THOUGHT>",
    "<think >x</think >",
    "<reasoning>x</reasoning>", "<scratchpad>x</scratchpad>", "<inner_monologue>x</inner_monologue>",
    "<analysis>x</analysis>",
    "<reflection>x</reflection>", "<chain_of_thought>x</chain_of_thought>", "<seed:think>x</seed:think>",
    "[THINK]x[/THINK]", "[reasoning]x[/reasoning]", "\u25c1think\u25b7x\u25c1/think\u25b7",
    "\uff1cthink\uff1ex\uff1c/think\uff1e",
    "&lt;think&gt;x&lt;/think&gt;", "<|think|>x<|/think|>", "<|begin_of_thought|>x<|end_of_thought|>",
    "<|START_THINKING|>x<|END_THINKING|>", "<|reasoning_start|>x<|reasoning_end|>", "<unused94>thought\nx<unused95>",
    "<|channel|>analysis<|message|>We need it<|end|><|start|>assistant<|channel|>final<|message|>",
    "<|channel|>commentary<|message|>x<|end|><|channel|>final<|message|>", "<|channel>thought\nx<channel|>",
    "analysisWe need a text.assistantfinal", "only the end is marked</think>", "<p>A draft.</p></think>",
    "<think>of <think> I speak</think>", "<think>of </think> I speak</think>", "<think></think>",
    "<think>a</think><think>b</think>",
    '<details type="reasoning"><summary>Thought for 3 s</summary>x</details>',
    "Reasoning: x\n\nAnswer:\n", "**Thinking:**\nx\n\n**Final answer:**\n", "## Thoughts\nx\n\n## Description\n",
    "Рассуждения: x\n\nОтвет:\n", "Fikrlash:\nx\n\nJavob:\n", "Thought: x\nAction: none\nFinal Answer: ",
    "<!-- thoughts: x -->", "```thinking\nx\n```\n", "```thoughts\nx\n```\nHere is the description:\n",
    "Think: x\nAnswer:\n",
)  # fmt: skip
MARKS = (
    "{}<|im_end|>", "{}</s>", "<s>{}</s>", "<s>{}", "{}<|eot_id|>", "{}<|endoftext|>", "{}<end_of_turn>", "{}<eos>",
    "{}<|END_OF_TURN_TOKEN|>",
    "{}<\uff5cend\u2581of\u2581sentence\uff5c>", "<\uff5cAssistant\uff5c>{}", "<|im_start|>assistant\n{}<|im_end|>",
    "<bos>{}",
    "<|start_header_id|>assistant<|end_header_id|>\n\n{}<|eot_id|>",
    "<start_of_turn>model\n{}<end_of_turn>\n<start_of_turn>user\nhi",
    "[INST] facts [/INST] {}", "{} [/INST]", "[gMASK]sop<|assistant|>\n{}",
    "{}<|im_end|>\n<|im_start|>user\nAnd in Russian?",
    "{}[EOS]", "<|begin_of_solution|>{}<|end_of_solution|>", "<|START_RESPONSE|>{}<|END_RESPONSE|>",
)  # fmt: skip
WRAPPED = (
    "```html\n{}\n```", "```\n{}\n```", "```html {}```", "```{}```", "~~~html\n{}\n~~~", "```html\n{}", "{}\n```",
    "`{}`",
    "Here is the description:\n\n```html\n{}\n```", "Look:\n```\n{}\n```\nI hope this helps!",
    "Here it is:\n```html\n{}",
    '{{"description": "{}"}}', '{{"result": {{"html": "{}"}}}}', '["{}"]', "\u201c{}\u201d", "\u00ab{}\u00bb", "'{}'",
    "<answer>{}</answer>", "<output>\n{}\n</output>", "<answer>{}",
    "<html><head><title>Choy</title></head><body>{}</body></html>",
    "<!DOCTYPE html>\n<html><body>\n{}\n</body></html>",
)  # fmt: skip
TALK = (
    "Here is the description:\n{}", "Here's your description:\n\n{}", "Sure! {}", "Sure, here you go: {}",
    "Certainly!\n\n{}",
    "Of course. Here is a short description of the product: {}", "Description: {}", "**Description:** {}",
    "### Response:\n{}",
    "Assistant: {}", "# Description\n\n{}", "Final answer: {}", "Below is the HTML:\n{}",
    "Вот описание:\n{}", "Вот описание товара на узбекском языке:\n\n{}", "Конечно! Вот описание:\n{}",
    "Описание: {}", "Хорошо! Ответ: {}",
    "Mana tavsif:\n{}", "Mana mahsulot uchun qisqa tavsif: {}", "Albatta! Quyida tavsif keltirilgan:\n{}",
    "Tavsif: {}", "Xo\u02bbp, mana:\n{}",
    "{}\n\nI hope this helps!", "{}\nHope this helps.", "{}\n\nLet me know if you need changes.",
    "{}\n\nWould you like another one?",
    "{}\n\n(Word count: 12)", "{}\n\nThis description avoids prices.", "{}\n\nFeel free to ask.",
    "{}\n\nНадеюсь, это поможет!", "{}\n\nЕсли нужно что-то изменить, дайте знать.",
    "{}\n\nUmid qilamanki, bu yordam beradi!",
    "{}\n\nAgar o'zgartirish kerak bo'lsa, ayting.", "Here is it:\n{}\nLet me know!",
)  # fmt: skip


@pytest.mark.parametrize("thoughts", THOUGHTS)
@pytest.mark.parametrize("answer", [TEA, "Yaxshi choy."])
def test_what_a_model_thinks_is_no_part_of_its_answer(thoughts: str, answer: str) -> None:
    assert description_of(thoughts + answer) == TEA
    assert description_of(f"\n{thoughts}\n{answer}\n") == TEA


@pytest.mark.parametrize("wrapper", [*MARKS, *WRAPPED, *TALK])
@pytest.mark.parametrize("answer", [TEA, "Yaxshi choy."])
def test_what_wraps_an_answer_is_no_part_of_it(wrapper: str, answer: str) -> None:
    assert description_of(wrapper.format(answer)) == TEA
    assert description_of("<think>x</think>" + wrapper.format(answer)) == TEA


@pytest.mark.parametrize("talk", ["<p>Here is the description:</p>{}", "<h2>Tavsif</h2>{}", "{}<p>Let me know!</p>"])
def test_talk_in_a_paragraph_of_its_own_goes(talk: str) -> None:
    assert description_of(talk.format(TEA)) == TEA


def test_layers_are_taken_off_one_after_the_other() -> None:
    answer = f'<think>x</think><answer>\nSure! Here it is:\n```json\n{{"description": "{TEA}"}}\n```</answer><|im_end|>'
    assert description_of(answer) == TEA


UNSURE = (
    "<think>it never ends {}", "{}<think>it never ends", "[THINK]x{}", "<|channel|>analysis<|message|>We need {}",
    "analysisWe need {}",
    "Reasoning: x\n\n{}", "<ponder>x</ponder>{}", "<my_thoughts_on_it>x{}", "Okay, the user wants tea. {}",
    "We need to write a text.\n\n{}",
    "<p>Let me think about it.</p>{}", "<p>Thinking: x</p>{}", "Пользователь просит описание. {}",
    "Foydalanuvchi tavsif so\u02bbradi. {}",
    "The buyer may like it. {}", "{}\nThe tone is friendly.", "{}\n(Note: no prices were given.)",
    "{}<p>Note: no prices.</p>",
    "```html\n{0}\n```\n```html\n{0}\n```", '{{"uz": "{0}", "ru": "{0}"}}', "<|weird|>x<|strange|>{}", "{}<|weird|>x",
    "<p>facts-0123456789abcdef</p>{}", "<мысли>x</мысли>\n\n{}", "<мысли>x</мысли> Choy", "<思考>x</思考>Choy",
    "```html\n<p>Eski</p>\n```\n{}", "```\nx\n```\n```\n",
    "x<XL>{}", "<p>Reasoning</p><p>It is about tea.</p>{}", "<h3>Thinking</h3><p>x</p>{}",
    "{}<p>Would you like another version?</p>", "{}<p>I used simple words.</p>", "{}<p>Ha. Xohlaysizmi?</p>",
    "{}<p>This version is short.</p>", "{}<p>120 words</p>", "{}<p>Надеюсь, вам понравится!</p>",
)  # fmt: skip


@pytest.mark.parametrize("unsure", UNSURE)
def test_answer_of_which_nobody_can_tell_what_is_the_description_is_refused(unsure: str) -> None:
    with pytest.raises(RowFailed):
        description_of(unsure.format(TEA))


KEPT = (
    "<p>Yaxshi choy: 3 xil.</p><ul><li>qora</li></ul>", "<p>Choy <s>eski</s> yangi</p>",
    "<p>Choy</p><p>Agar choy kerak bo\u02bblsa, tanlang.</p>",
    "<p>Sure-grip qo\u02bblqop.</p>", "<p>Here is tea for all.</p>", "<p>\u201cAhmad\u201d choyi</p>",
    "<p>Planning board</p><p>A description.</p>",
    "<h3>Choy</h3><p>Yaxshi.</p>", "<p>Yaxshi! Choy juda mazali.</p>", "<p>The system unit is quiet.</p>",
    "<p>**Choy**</p>",
    "<p>Sure \u2013 antiperspirant.</p>", "<p>Sure antiperspirant: 48 soat.</p>", "<p>OK: pasta.</p>",
    "<p>Mana shu choy: eng yaxshisi.</p>", "<p>Вот и настал сезон: садовый инвентарь.</p>",
    "<p>Вот преимущества чая:</p><ul><li>вкус</li></ul>", "<p>This is the best tea: strong.</p>",
    "<p>Choy</p><p>Hope krem 50 ml.</p>", "<p>Do you want clean dishes? Fairy.</p>", "<p>500 words to learn.</p>",
    "<p>Well: filtr.</p>", "<p>Well-known tea.</p>", "<p>The user manual is included.</p>",
    "<p>Thinking Putty: a toy.</p>", "<p>Note 20 telefoni: 256 GB.</p>",
)  # fmt: skip


@pytest.mark.parametrize("made", KEPT)
def test_descriptions_that_only_look_alike_stay(made: str) -> None:
    assert description_of(made) == made


GROWING = (
    "<think>", "</think>", "<think>x</think>", "[", "&lt;", "<|", "<|im_end|>", "<s>", "</s>", "```", "```html\n",
    "~~~\n", "{", '{"a":', "[[",
    "<p>", "<p>a</p>", "<p><b>", "a. ", "Sure! ", "Here is ", "Agar ", "if you want ", "* ", "\n\n", "Answer:\n",
    "Thinking: ",
    "<!doctype ", "<html ", "</head ", "<|channel|>final", "analysisA assistantfinal", "[/INST]", "<a b", "'",
    "okay ", "(", "#>*_ ", "&amp;",
)  # fmt: skip


def seconds(answer: str) -> float:
    """CPU time without that of the garbage collector, which grows with all that other tests have left."""
    gc.disable()
    began = time.process_time()
    with suppress(RowFailed):
        description_of(answer)
    taken = time.process_time() - began
    gc.enable()
    return taken


@pytest.mark.parametrize("piece", GROWING)
def test_time_grows_with_the_answer_and_not_with_its_square(piece: str) -> None:
    small, large = (piece * (size // len(piece)) for size in (25_000, 400_000))
    for _ in range(4):  # a machine that was busy is asked again; work that grows too fast never passes
        fast = min(seconds(small) for _ in range(3))
        if min(seconds(large) for _ in range(2)) < 16 * 4 * max(fast, 0.005):
            return
    pytest.fail("it grows faster than the answer")
