"""What the stand-in Gemini writes: summaries from the paper's own sentences."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any

# Claims a field gets and how they begin; the rest is taken from the sentence.
PLAN: dict[str, tuple[str, ...]] = {
    "abstract": ("本文提出并评估了一种新做法",),
    "points": (
        "作者首先说明了研究动机",
        "文中给出了核心设计",
        "实验部分支持其主张",
        "论文还讨论了适用条件",
    ),
    "background": ("该方向的出发点在文中有清楚交代",),
    "prior_work": ("作者认为既有做法仍有不足",),
    "approach": ("论文的做法建立在所引的设计之上",),
    "method": (
        "第一步确定输入与设定",
        "随后构建主要模块",
        "接着定义训练目标",
        "最后说明推断过程",
    ),
    "results": ("实验结果见所引的原句", "另一组实验给出了补充证据"),
    "significance": ("这项工作让后续研究有了可用的基础",),
    "limitations": ("作者自己指出了仍待解决之处",),
}
SINGLE = {"abstract"}
WITH_NUMBERS = {"results"}
# A share, or a decimal fraction that a measurement ends in: no name, no label.
FIGURE = re.compile(
    r"(?<!\S)\d+(?:\.\d+)?%(?!\S)"
    r"|(?<=\b(?:of|to|by|is|at) )\d+\.\d+(?= (?:on|in|for|over|with|from)\b)"
)


def paper_of(prompt: str) -> tuple[str, str]:
    """Title and text of the paper between its fence tags."""
    found = re.search(r"<(paper-[0-9a-f]{16})>\n(.*)\n</\1>", prompt, re.S)
    text = found[2] if found else ""
    return text.partition("\n")[0].removeprefix("Title: "), text


def sentences(text: str) -> list[str]:
    """Sentences of 8 to 30 words that stand on one line, in order."""
    lines = [re.sub(r"^\[[A-Z]+\] ", "", line) for line in text.split("\n")]
    lines = [line for line in lines if not line.startswith(("#", "Title: "))]
    found = (
        part.strip()
        for line in lines
        for part in re.split(r"(?<=[a-z\d)%][.!?])\s+(?=[A-Z])", line)
    )
    whole = (s for s in found if re.match(r"[A-Z].*[.!?]$", s))
    return list(dict.fromkeys(s for s in whole if 8 <= len(s.split()) <= 30))


def translated(text: str) -> str:
    """As long as a translation of the paper's abstract, without a name or number."""
    abstract = text.partition("\nAbstract\n")[2].partition("\n\n")[0]
    return "本文所述与摘要相同，" * (len(abstract.split()) // 6 + 1) + "特此说明。"


def written(title: str, text: str, lie: str = "") -> str:
    """A whole reply; with a lie, three of its claims are not the paper's."""
    pool = sentences(text)
    plain = [s for s in pool if not re.search(r"\d", s)] or pool
    counted = [s for s in pool if FIGURE.search(s)]
    reply: dict[str, Any] = {
        "title": f"关于“{_terms(title)}”的一项研究：方法、实验与讨论"
    }
    taken: Counter[str] = Counter()
    source = {True: iter(counted), False: _spread(plain)}
    for name, openings in PLAN.items():
        claims = []
        for opening in openings:
            sentence = next(source[name in WITH_NUMBERS], None)
            sentence = sentence or next(source[False], None)
            if sentence is not None:
                claims.append(_claim(opening, sentence, taken))
        reply[name] = (claims or [_nothing()])[0] if name in SINGLE else claims
    reply["keywords"] = _keywords(text)
    for claim in reply["points"][:3] if lie else ():
        lie_in(claim, lie)
    return json.dumps(reply, ensure_ascii=False, indent=1)


def repaired(prompt: str, text: str, lie: str = "", translation: str = "") -> str:
    """A reply to a repair call: a true claim for each number, or another lie."""
    asked = prompt.rpartition("</paper-")[2]
    numbers = [int(n) for n in re.findall(r"^(\d+)\. \[", asked, re.M)]
    pool = _spread([s for s in sentences(text) if not re.search(r"\d", s)][1:])
    claims = []
    for number in numbers:
        sentence = next(pool, None)
        claim = _nothing()
        if sentence:
            opening = f"经核对，论文在此处的说法是{'又' * (number % 3)}如下"
            claim = _claim(opening, sentence, Counter())
            if lie:
                lie_in(claim, lie)
        if re.search(rf"^{number}\. \[translation\]", asked, re.M):
            claim = {"evidence": [], "text": translation}
        claims.append({"number": number, **claim})
    return json.dumps({"claims": claims}, ensure_ascii=False)


def spoilt(text: str, fault: str) -> str:
    """The reply as the fault would have it."""
    if fault == "fenced":
        return f"Here you are:\n```json\n{text}\n```\n"
    if fault == "not-json":
        return "I am sorry, but I would rather tell you in my own words."
    if fault == "wrong-schema":
        return json.dumps({"tldr": "A paper.", "score": 9})
    if fault == "one-bad-field":
        return json.dumps({**json.loads(text), "results": "very good", "method": None})
    return text


def judged(prompt: str, says: Callable[[str], str], fault: str = "") -> str:
    """A judge's reply: what `says` makes of each claim; some faults spoil it.

    Where a question is asked, a word behind a slash is how the claim answers it.
    """
    asked = prompt.rpartition("\nCLAIMS\n")[2].partition("\n</judge-")[0]
    claims = re.findall(r"^(\d+)\. (.*)$", asked, re.M)
    has_question = "\n<question-" in prompt
    if fault == "half-verdicts":
        claims = claims[: len(claims) // 2]
    verdicts: list[dict[str, Any]] = []
    for number, text in claims:
        verdict, _, answers = says(text).partition("/")
        reason = "" if verdict == "supported" else "the passage says otherwise"
        one = {"number": int(number), "reason": reason, "verdict": verdict}
        verdicts.append(one | ({"answers": answers or "fully"} if has_question else {}))
    if fault == "odd-verdicts":
        verdicts = [{**one, "verdict": "plausible"} for one in verdicts]
    return json.dumps({"verdicts": verdicts}, ensure_ascii=False)


def claim_from(opening: str, sentence: str) -> dict[str, Any]:
    """A claim that rests on one sentence."""
    return _claim(opening, sentence, Counter())


def _nothing() -> dict[str, Any]:
    return {"evidence": [], "text": ""}


def _spread(pool: list[str]) -> Iterator[str]:
    """All of them once, drawn from along the whole text."""
    step = max(len(pool) // 20, 1)
    for start in range(step):
        yield from pool[start::step]


def _claim(opening: str, sentence: str, taken: Counter[str]) -> dict[str, Any]:
    words = re.findall(r"(?<![\w\-])[a-z]{5,}(?![\w\-])", sentence)
    terms = sorted(words, key=lambda w: (taken[w], -len(w)))[:2]
    taken.update(terms)
    text = opening + (f"，涉及 {' 与 '.join(terms)}" if terms else "")
    figure = FIGURE.search(sentence)
    if figure:
        text += f"，原句给出的数值为 {figure[0]}"
    return {"evidence": [sentence], "text": text + "。"}


def lie_in(claim: dict[str, Any], lie: str) -> None:
    """Let a claim say what the paper does not."""
    if lie == "numbers":
        claim["text"] = claim["text"].rstrip("。") + "，准确率达到 98.7654%。"
    elif lie == "quotes":
        claim["evidence"] = [
            "Our moonlit framework quietly conquers every known benchmark by dawn."
        ]
    elif lie == "names":
        claim["text"] = claim["text"].rstrip("。") + "，并优于 ZephyrQuill-Net。"


def _terms(title: str) -> str:
    return " ".join(title.split()[:3])


def _keywords(text: str) -> list[str]:
    words = re.findall(r"\b[a-z]{7,}\b", text)
    return [word for word, _ in Counter(words).most_common(5)]
