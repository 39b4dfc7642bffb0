"""A summary without a language model: the paper's own sentences, chosen by cues."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from chatpaper.records import FIELDS, Claim, Document, Field, Paper, Summary
from chatpaper.text import (
    STOPWORDS,
    Role,
    Sentence,
    content_words,
    paper_sentences,
)

# --------------------------------------------------------------------------------------
# How the sentences of each field of a digest are known.


def _words(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern, re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """How the sentences of one field are known; a field may have several rules.

    Attributes:
        field: Which.
        most: Sentences, at most.
        roles: Sections to look in, the best first.
        cues: What such a sentence says; one without is no candidate.
        prefer: What the better ones say.
        against: What such a sentence does not say.
    """

    field: Field
    most: int
    roles: tuple[Role, ...]
    cues: re.Pattern[str] | None = None
    prefer: re.Pattern[str] | None = None
    against: re.Pattern[str] | None = None


_OURS = r"\b(?:we|our|ours|this (?:paper|work|article|study|letter))\b"
_FIGURE = r"(?<![\w.])\d+(?:\.\d+)?\s?(?:%|x\b|×|times|points?|dB|ms\b|fps)|\d\.\d"
_GAIN = (
    r"\boutperform|\bachiev|\bimprov|\bsuperior|\bexceed|\bstate[- ]of[- ]the[- ]art"
    r"|\baccura|\bfaster|\breduc\w+ .*\bby\b|\bbetter than|\bcompetitive"
)

# The most telling first: a sentence is used once, by the first that takes it.
RULES = (
    Rule(
        field="abstract",
        most=1,
        roles=("abstract", "introduction", "conclusion"),
        prefer=_words(
            rf"{_OURS} (?:(?:now|here|first|also|then|therefore) )?"
            r"(?:propos|present|introduc|develop|describ|stud|investigat|address)"
        ),
    ),
    Rule(
        field="limitations",
        most=2,
        roles=("limits", "conclusion", "results", "method"),
        cues=_words(
            r"\blimitations?\b|\bfuture (?:work|research|stud|direction)|\bwe leave\b"
            r"|\bdrawback|\bshortcoming|\b(?:our|this|the proposed) (?:method|approach"
            r"|model|framework|work|study|analysis) (?:\w+ )?(?:is limited|does not|"
            r"cannot|fails|assumes|relies|requires|suffers|may not)|\bfailure cases?"
            r"|\bremains? (?:an )?open\b|\bbeyond the scope"
        ),
        prefer=_words(r"\blimitation|\bfuture (?:work|research)|\bfailure|\bcannot\b"),
        against=_words(r"\blimitations? of (?!our\b|this\b|the (?:present|proposed))"),
    ),
    # What is new comes first in its field: this rule stands before the other of it.
    Rule(
        field="approach",
        most=1,
        roles=("introduction", "abstract", "conclusion", "related"),
        cues=_words(
            r"\bto (?:the best of )?our knowledge|\bfor the first time"
            r"|\bthe first (?:to|\w+ (?:to|that|which))"
            r"|\bour (?:main |key |primary |major )?contribution"
            r"|\bunlike\b.*\b(?:we|our)\b|\bin contrast to\b.*\b(?:we|our)\b|\bnovel\b"
        ),
    ),
    # The main figure, likewise.
    Rule(
        field="results",
        most=1,
        roles=("abstract", "conclusion", "results", "introduction"),
        cues=_words(rf"(?:{_FIGURE}).*(?:{_GAIN})|(?:{_GAIN}).*(?:{_FIGURE})|{_GAIN}"),
        prefer=_words(_FIGURE),
    ),
    Rule(
        field="prior_work",
        most=2,
        roles=("introduction", "abstract", "related"),
        cues=_words(
            r"\b(?:existing|previous|prior|current|conventional|traditional|earlier"
            r"|recent|most|many|these|such) (?:[\w-]+ ){0,2}(?:method|approach|work|"
            r"technique|model|algorithm|stud|solution|system|analys|stud)\w*\b"
            r"|\bhowever\b|\bsuffer|\bfail to\b|\bremains? (?:a )?(?:challeng|hard)"
        ),
        prefer=_words(
            r"\bhowever\b|\bsuffer|\bfail|\blimited|\black|\bcostly|\bexpensive"
            r"|\brequir|\bdifficult|\bcannot\b|\bonly\b|\bstill\b"
        ),
        against=_words(rf"{_OURS}|\bproposed\b"),
    ),
    Rule(
        field="approach",
        most=1,
        roles=("abstract", "introduction", "conclusion", "method"),
        cues=_words(
            rf"{_OURS}(?: \w+){{0,3}} (?:propos|present|introduc|develop|design|us|"
            r"employ|adopt|appl|build|formulat|train|combin|leverag|construct|deriv)\w*"
            r"|\bthe proposed\b"
        ),
    ),
    Rule(
        field="results",
        most=2,
        roles=("results", "conclusion", "abstract", "limits"),
        cues=_words(
            rf"{_FIGURE}|{_GAIN}|\bresults? (?:show|indicat|suggest|demonstrat|confirm)"
            r"|\bwe (?:find|found|observe|observed|show|obtain|see)\b"
        ),
        prefer=_words(
            rf"^(?=.*(?:{_FIGURE})).*(?:{_GAIN}|\bscores?\b|\brates?\b|\berrors?\b"
            r"|\bresults?\b|\bcompar)"
        ),
    ),
    Rule(
        field="significance",
        most=1,
        roles=("conclusion", "abstract", "introduction", "limits"),
        cues=_words(
            r"\benabl|\ballow(?:s|ing)?\b|\bimportan|\bpractical|\buseful|\bapplicab"
            r"|\bapplications?\b|\bcan be (?:used|applied|extended)|\bpromis|\bopens?\b"
            r"|\bpotential|\bimplications?"
        ),
    ),
    Rule(
        field="background",
        most=2,
        roles=("introduction", "abstract"),
        against=_words(rf"{_OURS}|^(?:however|moreover|furthermore|they)\b"),
    ),
    Rule(
        field="method",
        most=6,
        roles=("method",),
    ),
    Rule(
        field="points",
        most=5,
        roles=("abstract", "introduction", "conclusion", "results", "method"),
    ),
)

# A sentence that leans on the one before it says little by itself.
LEANING = _words(
    r"^(?:it|they|this|these|those|such|he|she|its|their|here|then|thus|hence"
    r"|therefore|also|moreover|furthermore|in addition|additionally|similarly|finally"
    r"|second|third|for (?:example|instance)|as (?:shown|seen|a result)|note that"
    r"|the (?:former|latter)|in this case|on the other hand|specifically)\b"
)
OUTSIDE = _words(r"\bet al\b|\[\d|\(\d{4}\)|, \d{4}\)|\b(?:fig|figure|table|eq)\b\.?")


# --------------------------------------------------------------------------------------
# The paper's own key sentences as its summary: no key, no network, no model.

# Every paper has words for these; the other fields it may well leave open.
_NEEDED: tuple[Field, ...] = ("abstract", "points")

# Sentences that share more than this of their content words say the same.
_SAME = 0.6

_PHRASE = re.compile(r"[A-Za-z][\w-]*(?: [A-Za-z][\w-]*){0,2}")


def extract_summary(paper: Paper, document: Document | None) -> Summary:
    """Fill the digest's fields with whole sentences of the paper, each used once.

    Every claim's text is its own evidence. A field for which the paper has no fitting
    sentence stays empty; only `abstract` and `points` are then missing. Nothing is
    translated.

    Args:
        paper: Its abstract is the text when there is no document.
        document: The paper's running text.

    Returns:
        A summary without a title; keywords are phrases that the paper repeats.
    """
    sentences = paper_sentences(paper, document)
    topic = content_words(f"{paper.title} {paper.abstract}")
    chosen: dict[Field, list[Sentence]] = {name: [] for name in FIELDS}
    used: list[Sentence] = []
    for rule in RULES:
        picked = _pick(rule, sentences, used, topic)
        used += picked
        chosen[rule.field] += sorted(picked, key=lambda sentence: sentence.nth)
    claims = tuple(
        Claim(field=name, text=sentence.text, evidence=(sentence.text,))
        for name in FIELDS
        for sentence in chosen[name]
    )
    return Summary(
        keywords=_keywords(paper, sentences),
        claims=claims,
        missing=tuple(name for name in _NEEDED if not chosen[name]),
    )


def _pick(
    rule: Rule,
    sentences: Sequence[Sentence],
    used: Sequence[Sentence],
    topic: frozenset[str],
) -> list[Sentence]:
    able = [s for s in sentences if _able(rule, s)]
    able.sort(key=_merit(rule, topic), reverse=True)
    picked: list[Sentence] = []
    for spread in (True, False):
        for sentence in able:
            if len(picked) == rule.most:
                return picked
            if spread and rule.field == "method" and _crowded(sentence, picked):
                continue
            if not any(_same(sentence, other) for other in (*used, *picked)):
                picked.append(sentence)
    return picked


def _able(rule: Rule, sentence: Sentence) -> bool:
    if sentence.role not in rule.roles:
        return False
    if rule.against and rule.against.search(sentence.text):
        return False
    return rule.cues is None or bool(rule.cues.search(sentence.text))


def _merit(rule: Rule, topic: frozenset[str]) -> Callable[[Sentence], float]:
    def merit(s: Sentence) -> float:
        # Only the order of these sums counts, among the sentences fit for one rule.
        best = 1 - rule.roles.index(s.role) / len(rule.roles)
        near = len(s.words & topic) / (len(s.words) or 1)
        score = s.weight + 0.8 * best + 0.6 * near
        score -= 0.5 * bool(LEANING.search(s.text))
        score -= 0.7 * bool(OUTSIDE.search(s.text))
        if rule.prefer:
            score += 0.6 * bool(rule.prefer.search(s.text))
        if rule.field == "background":
            score += 0.8 * (1 - s.place)
        return score

    return merit


def _crowded(sentence: Sentence, picked: Sequence[Sentence]) -> bool:
    """Whether a neighbour in the same section is picked already."""
    return any(
        other.section == sentence.section and abs(other.nth - sentence.nth) < 4
        for other in picked
    )


def _same(one: Sentence, other: Sentence) -> bool:
    shared = len(one.words & other.words)
    return shared > _SAME * min(len(one.words), len(other.words))


def _keywords(paper: Paper, sentences: Sequence[Sentence]) -> tuple[str, ...]:
    """Up to five phrases of title and abstract that the paper repeats most."""
    text = " ".join(sentence.text for sentence in sentences).lower()
    counts: Counter[str] = Counter()
    for run in re.split(r"[^\w\s-]", f"{paper.title}. {paper.abstract}"):
        for phrase in _phrases(run.split()):
            repeated = text.count(phrase.lower())
            alone = " " not in phrase and phrase not in paper.title.split()
            if repeated > 1 and not alone:
                counts[phrase] = repeated * (1 + 2 * phrase.count(" "))
    kept: list[str] = []
    for phrase, _ in sorted(counts.items(), key=lambda item: (-item[1], item[0])):
        new = content_words(phrase)
        if not any(new & content_words(other) for other in kept):
            kept.append(phrase)
    return tuple(kept[:5])


def _phrases(words: Sequence[str]) -> list[str]:
    """Runs of one to three neighbouring content words."""
    found = []
    for start in range(len(words)):
        for length in (1, 2, 3):
            run = words[start : start + length]
            plain = all(w.lower() not in STOPWORDS and len(w) > 3 for w in run)
            if len(run) == length and plain and _PHRASE.fullmatch(" ".join(run)):
                found.append(" ".join(run))
    return found


# --------------------------------------------------------------------------------------
# The method as an entry of `PROVIDERS`.


class ExtractiveProvider:
    """Quotes the paper's own sentences; needs neither a key nor a model."""

    name = "extractive"
    key_names = ()
    extract = staticmethod(extract_summary)
