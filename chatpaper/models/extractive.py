"""The paper's own key sentences as its summary: no key, no network, no model."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Sequence

from chatpaper.models.cues import LEANING, OUTSIDE, RULES, Rule
from chatpaper.models.sentences import (
    STOPWORDS,
    Sentence,
    content_words,
    paper_sentences,
)
from chatpaper.records import FIELDS, Claim, Document, Field, Paper, Summary

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
