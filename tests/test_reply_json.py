"""What a model wrote -> the JSON object it meant."""

import json
import re
from contextlib import suppress
from time import thread_time
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chatpaper.models import NoObject, read_object

KEYS = ("title", "abstract", "points", "keywords")
REPLY: dict[str, Any] = {
    "title": "一个题目",
    "abstract": {"text": "本文提出 {方法}。", "evidence": 'We "propose" a {method}.'},
    "points": [
        {"text": "第一点，达 92%", "evidence": "reaches 92\\%, see [3]"},
        {"text": "第二点 $\\frac{1}{2}$", "evidence": "half, $\\neq 1$"},
    ],
    "keywords": ["甲", "乙"],
}
PLAIN: dict[str, Any] = {
    "title": "题目",
    "abstract": {"text": "本文提出方法", "evidence": "we propose"},
    "points": [{"text": "一", "evidence": "one"}, {"text": "二", "evidence": "two"}],
    "keywords": ["甲", "乙"],
}
TEXT = json.dumps(REPLY, ensure_ascii=False)
BARE = json.dumps(PLAIN, ensure_ascii=False)


def read(text: str) -> dict[str, Any]:
    """The object alone."""
    return read_object(text, KEYS).value


def field(written: str) -> str:
    """What a title says that is written so between its quotes."""
    title = read(f'{{"title": "{written}", "keywords": []}}')["title"]
    assert isinstance(title, str)
    return title


@pytest.mark.parametrize(
    "tex",
    [
        r"$\frac{1}{2}\text{L}\nabla\beta\rho$",
        r"$\theta$ $\rho$ $\tau \times \nu$",
        r"$a \neq b$, \begin{cases}x\end{cases}",
        r"\underline{x} 与 \(x\) 和 $\sigma$",
        r"精度 $\ne 1$，$\ni x$，频率 $\nu_0$",
        r"$x\to y$, \u12, \upsilon, \[z\], 5\% of a\_b",
        r"\boldsymbol{w} \rightarrow \tilde{x} \notin \{1, 2\}",
        r"学习率 \eta，频率 \nu 与 \ni",
        r"\newline \right) \tfrac12 \textbf{b} \rm d \tanh x",
    ],
)
def test_lone_backslashes_of_latex_are_kept(tex: str) -> None:
    """A command that was not escaped comes out as it was written."""
    assert field(tex) == tex
    assert read_object(f'{{"title": "{tex}"}}', KEYS).mends == ("lone backslashes",)


@pytest.mark.parametrize(
    "text",
    [
        "$\\frac{1}{2}\\text{L}\\nabla\\beta\\rho$",
        "第一行\n第二行\t列\r\n末行",
        "lines\nnot commands\nare kept\nTo be\nright",
        "list:\ni) one\ne.g. two\nu is $\\nu$",
        'quotes "a" \\ / 中 \U0001f600',
        "$$\nu = \\alpha\n$$",
        "a\\\\b \\\\ \\u4e2d \\n",
    ],
)
@pytest.mark.parametrize("ascii_only", [True, False])
def test_escaped_replies_are_left_alone(text: str, ascii_only: bool) -> None:
    """Line breaks stay line breaks, and doubled backslashes are halved once."""
    reply = json.dumps({"title": text}, ensure_ascii=ascii_only)

    assert read_object(reply, KEYS).value == {"title": text}
    assert read_object(reply, KEYS).mends == ()


def test_one_reply_may_escape_some_commands_and_not_others() -> None:
    """What no escaped reply would hold is mended beside what was escaped."""
    assert field(r"$\theta \\times \frac{1}{\\nu}$") == r"$\theta \times \frac{1}{\nu}$"
    assert field(r"$\\alpha$\nu 是 \\nu") == "$\\alpha$\nu 是 \\nu"


@pytest.mark.parametrize(
    "around",
    [
        "{}",
        "Here it is:\n```json\n{}\n```\nHope that helps {{you}}.",
        "The {{abstract}} and {{points}} follow. {} }}",
        "<think>I need {{title}}, {{\"x\": 1}} and {{'y'}}</think>\n{}",
        'As in {{"title": "...", "abstract": {{"text": "", "evidence": ""}}}}:\n{}',
        '{}\n{{"title": "a second one"}}',
        '{}\n```\nNote: the "title" is {{mine}}."}}',
        "[{}]",
        '{{"summary": {}}}',
        '{{"id": 7, "result": [{{"paper": {}}}], "note": "{{}}"}}',
        "\ufeff{}",
        "\n\n  {}  \n",
    ],
)
def test_the_object_is_found_among_words(around: str) -> None:
    """Prose, fences, braces, thoughts, examples and wrappers are passed over."""
    filled = around.format("\x00", "").replace("\x00", TEXT)

    assert read_object(filled, KEYS).value == REPLY
    assert read_object(filled, KEYS).mends == ()


@pytest.mark.parametrize("times", [1, 2, 3])
def test_json_within_a_text_is_read(times: int) -> None:
    """A reply that was written as a JSON string, also within an object or prose."""
    text = TEXT
    for _ in range(times):
        text = json.dumps(text)

    assert read(text) == REPLY
    assert read(f"The reply is {text} as asked") == REPLY
    assert read(json.dumps({"summary": TEXT})) == REPLY


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ('{"title": "one\ntwo\tthree", "keywords": []}', "one\ntwo\tthree"),
        ('{"title": "a\n\nb"}', "a\n\nb"),
        ('{"title": "a\x00b"}', "a\x00b"),
        ('{"title": "a\x1b[0mb"}', "a\x1b[0mb"),
        ('{"title": "a\ud800b"}', "a\ufffdb"),
        (r'{"title": "a\ud800b"}', "a\ufffdb"),
        (r'{"title": "a\udc00\ud83d\ude00\\ud800"}', "a\ufffd\U0001f600\\ud800"),
        (r'{"title": "\ud8"}', "\\ud8"),
        ('{"title": "T", "keywords": ["a", "b",],}', "T"),
        ('{"title": "T", "abstract": {"text": "x", "evidence": 1,},}', "T"),
        ('{"title": "he said "hello" to me", "keywords": []}', 'he said "hello" to me'),
        ('{"title": "见"图 1"与"表 2"。", "keywords": ["a"]}', '见"图 1"与"表 2"。'),
        ('{"title": "the "best, of all" models", "points": []}', None),
        ('{"title": "T" "keywords": ["a" "b"]}', "T"),
        ('{"title": "T",, "keywords": ["a"]}', "T"),
        ('{"title": "T" // a note\n, "keywords": ["a"]}', "T"),
        ('{title: "T", keywords: ["a"]}', "T"),
        ("{'title': 'it\\'s', 'keywords': [None, True]}", "it's"),
        ("{'title': \"it's\", 'abstract': {'text': 'a \"b\"'}}", "it's"),
    ],
)
def test_bad_syntax_is_mended(text: str, value: str | None) -> None:
    """Raw breaks, commas too many or too few, quotes, Python's way of writing."""
    title = read(text)["title"]

    assert title == (value or 'the "best, of all" models')


@pytest.mark.parametrize("fault", ['p "x" q', 'a "b", "c" d', '5" wide'])
def test_a_fault_costs_no_other_field(fault: str) -> None:
    """All fields of a reply with stray quotes in one of them are kept."""
    broken = BARE.replace("本文提出方法", fault)

    assert read(broken)["points"] == PLAIN["points"]
    assert read(broken)["keywords"] == PLAIN["keywords"]
    assert read(f"{{abstract}} is:\n{broken}\nHope {{it}} helps.")["title"] == "题目"
    assert read_object(broken, KEYS).mends == ("bad syntax",)


@pytest.mark.parametrize(
    "title",
    [
        'it\'s "so", they say',
        "DCN: 0.44 ± 9 × 10−5, DNN: 0.4430, DC: 1",
        "a\xa0b $\\frac{1}{2}$ \\xi",
        "{'a': \"b\"}, 'c'",
    ],
)
def test_a_python_dict_is_read_whole(title: str) -> None:
    """Single quotes around texts with quotes, colons and commas in them."""
    written = {**PLAIN, "title": title, "points": [None, True]}

    assert read(repr(written)) == written
    assert read(f"As a dict: {written!r}.") == written


def test_a_text_that_no_quote_ends_is_dropped() -> None:
    """A value of which json-repair would take the first words."""
    figures = "DCN: 0.4422 ± 9, DNN: 0.4430, DC: 0.4430"
    text = f"{{'title': 'T' 'abstract': {{'text': 'a', 'evidence': '{figures}'}}}}"
    found = read_object(text, KEYS).value

    assert found["title"] == "T"
    assert found["abstract"].get("evidence", figures) == figures


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ('{"title": "T", "points": [1], "title": "", "points": []}', ["T", [1]]),
        ('{"title": "", "points": null, "title": "T", "points": [2]}', ["T", [2]]),
        ('{"title": "T", "points": [1], "title": "U", "points": [2]}', ["T", [1]]),
    ],
)
def test_the_first_of_repeated_keys_is_kept(text: str, value: list[Any]) -> None:
    """Unless it is empty."""
    found = read_object(text, KEYS)

    assert list(found.value.values()) == value
    assert found.mends == ("repeated keys",)


def within(part: Any, whole: Any) -> bool:
    """Whether nothing is in a value that is not in the other, at the same place."""
    if isinstance(part, dict):
        return isinstance(whole, dict) and all(
            key in whole and within(part[key], whole[key]) for key in part
        )
    if isinstance(part, list):
        return isinstance(whole, list) and all(map(within, part, whole))
    return bool(part == whole)


def texts_of(value: Any) -> list[str]:
    """All texts in a value that are no keys."""
    if isinstance(value, dict | list):
        inner = value.values() if isinstance(value, dict) else value
        return [text for part in inner for text in texts_of(part)]
    return [value]


@pytest.mark.parametrize("end", range(20, len(TEXT) - 1, 3))
def test_what_was_whole_survives_a_cut(end: int) -> None:
    """Texts before the cut are all there, and none is half of one."""
    found = read_object(TEXT[:end], KEYS)
    whole = [
        text
        for text in texts_of(REPLY)
        if json.dumps(text, ensure_ascii=False) in TEXT[:end]
    ]

    assert within(found.value, REPLY)
    assert texts_of(found.value) == whole
    assert found.mends == ("cut short",)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        (
            '{"title": "T", "keywords": ["a", "b",], "abstract": {"text": "$x_{a}',
            {"title": "T", "keywords": ["a", "b"], "abstract": {}},
        ),
        (
            '{"title": "a "b" c", "abstract": {"text": "whole", "evidence": "half',
            {"title": 'a "b" c', "abstract": {"text": "whole"}},
        ),
        (
            "{'title': 'T', 'points': [{'text': 'a'}, {'text': 'ha",
            {"title": "T", "points": [{"text": "a"}, {}]},
        ),
    ],
)
def test_a_cut_and_another_fault_leave_no_half_text(text: str, value: Any) -> None:
    """The last text is dropped, whatever else had to be mended."""
    found = read_object(text, KEYS)

    assert found.value == value
    assert found.mends == ("bad syntax", "cut short")


def test_the_longer_object_goes_before_an_example() -> None:
    """Of several with the keys, the last that is not much shorter than the longest."""
    other = TEXT.replace("一个题目", "又一个题")

    assert read(f'{{"title": "..."}} {TEXT[:150]}')["title"] == "一个题目"
    assert read(f"{TEXT}\nBetter:\n{other}")["title"] == "又一个题"
    assert read(f'{TEXT}\n{{"title": "no"}}')["title"] == "一个题目"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "no",
        "null",
        "{{{{",
        "[1, 2]",
        '"{"',
        "{",
        "}{",
        "I cannot {help}.",
        "\\",
        "```",
    ],
)
def test_what_holds_no_object_is_refused(text: str) -> None:
    """With an error that quotes none of it."""
    with pytest.raises(NoObject, match=r"^not a JSON object$"):
        read_object(text, KEYS)


@pytest.mark.parametrize(
    "text",
    [
        '{"title":' * 100_000,
        "[" * 200_000,
        '{"title": ' + "[" * 200_000,
        '{"title": "a "b" c", "points": ' + "[{" * 9_000,
        '{"title":[' * 100_000 + "]}" * 100_000,
        '{"title": [x "y\' ' * 70_000,
        '"' * 1_000_000,
        '{"title":"' + "\\" * 1_000_000,
        '{"title":"b" c ' * 70_000,
        ('{"title":[' + "1," * 100) * 4_000,
        "{" + " " * 1_000_000 + "\\",
        "$\\nu" * 250_000,
    ],
    ids=lambda text: text[:14],
)
def test_nonsense_takes_bounded_time(text: str) -> None:
    """Deep nesting and a megabyte of garbage end in a refusal or an object."""
    began = thread_time()
    with suppress(NoObject):
        assert set(KEYS) & read_object(text, KEYS).value.keys()

    assert thread_time() - began < 30


def test_any_object_will_do_where_no_keys_are_named() -> None:
    """Also an empty one; an object without the keys is the last resort."""
    assert read_object('so: {"a": 1}').value == {"a": 1}
    assert read_object("{}").value == {}
    assert read_object('{"a": {"b": 2}}', KEYS).value == {"a": {"b": 2}}


# A break or tab whose next letters make a command of it is LaTeX by our reading.
_LATEX_LIKE = re.compile(r"[\b\f][A-Za-z]|[\n\r\t][a-z]")
plain_texts = st.text(st.characters(codec="utf-8")).filter(
    lambda text: not _LATEX_LIKE.search(text)
)
values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False)
    | plain_texts,
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(plain_texts, inner, max_size=4)
    ),
    max_leaves=12,
)


@given(value=values, title=plain_texts, ascii_only=st.booleans())
def test_json_comes_back_as_it_was(value: Any, title: str, ascii_only: bool) -> None:
    """Whatever JSON can say."""
    reply = {"title": title, "points": value}
    written = json.dumps(reply, ensure_ascii=ascii_only)

    assert read_object(written, KEYS).value == reply
    assert read_object(written, KEYS).mends == ()
    assert read_object(f"```json\n{written}\n```", KEYS).value == reply


@given(value=values, title=plain_texts, data=st.data())
def test_no_cut_makes_a_half_of_anything(value: Any, title: str, data: Any) -> None:
    """A reply cut anywhere says nothing that the whole one does not."""
    reply = {"title": title, "points": value}
    written = json.dumps(reply, ensure_ascii=data.draw(st.booleans()))
    cut = written[: data.draw(st.integers(0, len(written)))]
    try:
        found = read_object(cut, KEYS).value
    except NoObject:
        assert len(cut) < len(json.dumps({"title": title}))
    else:
        assert within(found, reply)


PIECES = st.sampled_from(
    [
        *"{}[]:,\"'\\\n a1“",
        '{"title": ',
        '"points": [',
        "\\n",
        "\\u",
        "\ud800",
        "$",
        "```",
    ]
)


@given(st.text() | st.lists(PIECES, max_size=60).map("".join))
def test_any_text_is_an_object_or_a_refusal(text: str) -> None:
    """No other error comes out."""
    with suppress(NoObject):
        json.dumps(read_object(text, KEYS).value).encode()


WORDS = [r"\alpha", r"\nu", r"\neq", r"\theta", r"\frac", r"\beta", r"\rho", r"\text"]


@given(st.lists(st.sampled_from(WORDS), min_size=1, max_size=6))
def test_formulas_come_out_alike_escaped_or_not(words: list[str]) -> None:
    """Both ways of writing a formula say the same."""
    formula = f"${' '.join(words)}$"

    assert field(formula) == formula
    assert field(json.dumps(formula)[1:-1]) == formula
