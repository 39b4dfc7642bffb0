"""Whether the text of a claim is fit to be printed in a digest, whatever it says."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from chatpaper.records import TRANSLATION, Claim, Finding
from chatpaper.text import LeakKind, blank_formulas, compact, find_leaks
from chatpaper.verify.printed_text import PrintedText

# Chinese lengths in characters, English ones in words. A hundred characters is what
# models are asked for in the summary sentence, and what fits one line of a list of
# posts; the other bounds only catch runaway text, three times what is usual.
MAX_LENGTH = {
    "zh": {"abstract": 100, "title": 100, "keyword": 40, "other": 400},
    "en": {"abstract": 50, "title": 50, "keyword": 12, "other": 200},
}
# A translation's length depends on its abstract; see `check_translation`.
_MIN_LETTERS = 4  # a claim shorter than this says nothing

_HAN = re.compile(r"[\u3400-\u9fff]")
_ORDINARY_WORD = re.compile(r"(?<![A-Za-z0-9-])[a-z]{2,}(?![A-Za-z0-9])")
_WORD = re.compile(r"[A-Za-z0-9]+(?:[-.,'’][A-Za-z0-9]+)*")
_NOT_PROSE = re.compile(r"`[^`\n]+`|https?://\S+")
_BLOCK_MARK = re.compile(
    r"\A\s*(?:#{1,6}\s|[-*+•·]\s|>\s?|\d{1,3}[.)、]\s|[（(]?\d{1,2}[)）][:：.]?\s|[①-⑳]|```|~~~|\|)"
)
_MARKUP = re.compile(
    r"```|~~~|\*\*|__(?=\S)[^_\n]+__|!\[[^\]\n]*\]\(|\]\(https?:|&[a-z]+;"
)
_RUBBISH = re.compile(
    r"[\ufffd\ue000-\uf8ff\x00-\x08\x0b\x0c\x0e-\x1f\u200b-\u200f\ufeff]"
)
_LEAK_REASONS: dict[LeakKind, str] = {
    "error": "an error message instead of a statement",
    "placeholder": "a placeholder instead of a statement",
    "echo": "words of an instruction",
    "chat": "talk with whoever asked",
    "refusal": "a refusal or an apology",
    "guess": "says that it is a guess or that the text was not given",
    "template": "a template variable that was not filled",
    "tag": "a tag",
}

# Ways to do research that models ascribe to papers that know nothing of them, and the
# words of which a paper that does so prints one. Seen in 58,000 lines of digests; a way
# whose words most papers print (ablation, case studies) cannot be told by them.
_METHODS = {
    r"问卷|questionnaires?": r"questionnaire|survey",
    r"访谈|interviews?\b": r"interview",
    r"实地(?:考察|调查|调研|研究|访问)|田野调查": r"field|on-?site|in situ|visit",
    r"回归分析|regression analysis": r"regress",
    r"交叉验证|cross-validation": r"cross.?validat|\bfold|leave-one",
}


def check_form(
    text: str, slot: str, printed: PrintedText, *, language: str
) -> list[Finding]:
    """Find what makes a text unfit to be printed.

    Args:
        text: A claim, title or keyword.
        slot: Its field, `title` or `keyword`.
        printed: The paper, which may print what would be a leak elsewhere.
        language: What readers read, `zh` or `en`; others are not judged.
    """
    return [
        Finding(kind="form", text=words, reason=reason)
        for words, reason in (
            *_leaks(text, printed),
            *_structure(text),
            *_language(text, slot, language),
            *_length(text, slot, language),
            *_methods(text, printed),
        )
    ]


def check_quotation(text: str) -> list[Finding]:
    """The rules that hold even for the paper's own words."""
    if "\n" not in text.strip():
        return []
    return [Finding(kind="form", text=text, reason="a line break inside a claim")]


def check_repeats(claims: Sequence[Claim]) -> list[list[Finding]]:
    """For each claim: does an earlier one of its field say it word for word?"""
    seen: set[tuple[str, str]] = set()
    findings: list[list[Finding]] = []
    for claim in claims:
        key = (claim.field, compact(claim.text))
        reason = "an earlier claim of the same part says the same"
        repeated = Finding(kind="form", text=claim.text, reason=reason)
        findings.append([repeated] if key in seen else [])
        seen.add(key)
    return findings


def _leaks(text: str, printed: PrintedText) -> Iterator[tuple[str, str]]:
    leaks = find_leaks(text)
    if leaks:
        leaks = find_leaks(text, printed=printed.text)
    first = {leak.kind: leak for leak in reversed(leaks)}
    for leak in first.values():
        yield leak.text, _LEAK_REASONS[leak.kind]


def _structure(text: str) -> Iterator[tuple[str, str]]:
    mark = _BLOCK_MARK.match(text) or _MARKUP.search(text)
    if mark:
        yield mark.group().strip(), "Markdown or HTML inside a claim"
    if "\n" in text.strip():
        yield text, "a line break inside a claim"
    if text.rstrip().endswith((":", "：", "，", "、")):
        yield text, "breaks off"
    rubbish = _RUBBISH.search(text)
    if rubbish:
        yield rubbish.group(), "an unreadable or invisible character"


def _language(text: str, slot: str, language: str) -> Iterator[tuple[str, str]]:
    """A keyword may be a name, so it may be in any language."""
    if slot == "keyword" or language not in MAX_LENGTH:
        return
    prose = _NOT_PROSE.sub(" ", blank_formulas(text))
    han = len(_HAN.findall(prose))
    english = len(_ORDINARY_WORD.findall(prose))
    # Chinese says in two characters what English says in a word; names, units and
    # formulas have capitals, digits or dollar signs and count on neither side.
    wordless = han == 0 and (english > 1 or slot != "title")
    if language == "zh" and (english > 2 + han / 2 or wordless):
        yield text, "not in Chinese"
    if language == "en" and han > 1 + english:
        yield text, "not in English"


def _length(text: str, slot: str, language: str) -> Iterator[tuple[str, str]]:
    letters = len(compact(text))
    if letters < (1 if slot == "keyword" else _MIN_LETTERS if slot != "title" else 2):
        yield text, "empty or nearly so"
    limits = MAX_LENGTH.get(language)
    if limits is None or slot == TRANSLATION:
        return
    limit = limits.get(slot, limits["other"])
    is_chinese = language == "zh"
    count = len(text.strip()) if is_chinese else len(_WORD.findall(text))
    if count > limit:
        kind = "characters" if is_chinese else "words"
        yield text, f"{count} {kind} long, at most {limit} are shown"


def _methods(text: str, printed: PrintedText) -> Iterator[tuple[str, str]]:
    for claimed, proof in _METHODS.items():
        match = re.search(claimed, text)
        if match and not re.search(proof, printed.text, re.IGNORECASE):
            yield match.group(), "a way of research the paper does not mention"
