"""The notice at the head of a post: who wrote it, what was checked, what came of it."""

from __future__ import annotations

from collections.abc import Sequence

from chatpaper.posts.claims import is_summarized, shown_claims
from chatpaper.posts.colophon import RULE, judge_words, judged_in, made_words
from chatpaper.posts.phrases import Phrases
from chatpaper.records import Digest, Post


def notice_of(post: Post, say: Phrases) -> tuple[str, ...]:
    """Lines of the notice, still to be escaped."""
    written = [d for d in post.digests if d.provenance and is_summarized(d)]
    by_rule = [d for d in written if d.provenance and d.provenance.provider == RULE]
    by_model = [digest for digest in written if digest not in by_rule]
    authors = []
    if by_model:
        models, judged = _models(by_model, say), _judged(by_model, say)
        authors.append(say.about_model.format(models=models, judged=judged))
    if by_rule:
        words = say.about_others if by_model else say.about_extractive
        authors.append(words.format(n=len(by_rule), models=_models(by_rule, say)))
    if not authors:
        asked = _models(post.digests, say)
        words = say.about_asked.format(models=asked) if asked else say.about_nothing
        return (words, _counts(post, say))
    return (*authors, say.caution, _counts(post, say))


def _models(digests: Sequence[Digest], say: Phrases) -> str:
    """Each model and day once."""
    made = {made_words(d.provenance, say) for d in digests if d.provenance is not None}
    return "; ".join(sorted(made))


def _judged(digests: Sequence[Digest], say: Phrases) -> str:
    """How many of their claims were judged, and by whom."""
    claims = sum(len(shown_claims(digest)) for digest in digests)
    n = sum(map(judged_in, digests))
    judges = {
        judge_words(digest.provenance, say)
        for digest in digests
        if digest.provenance is not None and judged_in(digest)
    }
    words = say.judged_some if 0 < n < claims else say.judged_all
    words = words if n else say.judged_none
    return words.format(judges="; ".join(sorted(judges)), n=n, claims=claims)


def _counts(post: Post, say: Phrases) -> str:
    papers = len(post.digests)
    whole = sum(map(is_summarized, post.digests))
    counts = [say.counts.format(papers=papers, whole=whole)]
    for words, n in (
        (say.count_failed, papers - whole),
        (say.count_left_out, len(post.left_out)),
        (say.count_updates, len(post.updates)),
    ):
        counts += [words.format(n=n)] if n else []
    return say.comma.join(counts)
