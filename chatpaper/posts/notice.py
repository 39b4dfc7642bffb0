"""The notice at the head of a post: who wrote it, and what came of it."""

from __future__ import annotations

from collections.abc import Sequence

from chatpaper.posts.claims import is_summarized
from chatpaper.posts.markdown import clean
from chatpaper.posts.phrases import Phrases
from chatpaper.records import Digest, Post, Provenance


def notice_of(post: Post, say: Phrases) -> tuple[str, ...]:
    """Lines of the notice, still to be escaped."""
    written = [d for d in post.digests if d.provenance and is_summarized(d)]
    by_rule = [d for d in written if d.provenance and d.provenance.provider == _RULE]
    by_model = [digest for digest in written if digest not in by_rule]
    authors = []
    if by_model:
        authors.append(say.about_model.format(models=_models(by_model, say)))
    if by_rule:
        words = say.about_others if by_model else say.about_extractive
        authors.append(words.format(n=len(by_rule), models=_models(by_rule, say)))
    if not authors:
        return (say.about_nothing, _counts(post, say))
    return (*authors, say.caution, _counts(post, say))


_RULE = "extractive"


def _models(digests: Sequence[Digest], say: Phrases) -> str:
    """Each model and day once."""
    made = sorted(
        {
            made_words(digest.provenance, say)
            for digest in digests
            if digest.provenance is not None
        }
    )
    return "; ".join(made)


def made_words(made: Provenance, say: Phrases) -> str:
    """Model and UTC day of a summary."""
    day = made.made_at.date().isoformat()
    return say.made_on.format(model=clean(made.model), day=day)


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
