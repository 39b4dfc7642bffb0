"""Who wrote and checked what: the notice over a post, and the line under an entry."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from chatpaper.posts.claims import checked_claims, is_summarized, marks, shown_claims
from chatpaper.posts.markdown import Markdown, clean, escape
from chatpaper.posts.phrases import Phrases
from chatpaper.records import TRANSLATION, Digest, Post, Provenance

# --------------------------------------------------------------------------------------
# The line below a summary: what was checked in it, from what and by whom.

RULE = "extractive"


def colophon_of(digest: Digest, say: Phrases) -> Markdown:
    """Counts of the checks, basis, model and judge; empty without a summary."""
    return Markdown(" · ".join(map(escape, colophon_words(digest, say))))


def colophon_words(digest: Digest, say: Phrases) -> tuple[str, ...]:
    """The parts of that line, still to be escaped."""
    counts = _counts(digest, say)
    if not counts:
        return ()
    if digest.provenance is None:
        return (counts,)
    return (counts, *_origin(digest, digest.provenance, say))


def _counts(digest: Digest, say: Phrases) -> str:
    shown = shown_claims(digest)
    counts = []
    if shown:
        # A translation quotes nothing: it rests on the abstract above it.
        quoting = [s.check for s in shown if s.claim.field != TRANSLATION]
        quotes = sum(len(check.places) for check in quoting)
        located = sum(len(check.located) for check in quoting)
        doubtful = sum(bool(marks(claim.check, say)) for claim in shown)
        counts.append(say.checked.format(located=located, quotes=quotes))
        counts += [say.doubtful.format(n=doubtful)] if doubtful else []
    removed = removed_in(digest)
    counts += [say.removed[why].format(n=n) for why, n in removed.items() if n]
    return say.stop.join(counts)


def removed_in(digest: Digest) -> dict[str, int]:
    """What no reader sees, by reason: taken out before, or barred here."""
    removed = digest.removed
    barred = Counter(claim.barred for claim in checked_claims(digest))
    return {
        "contradicted": removed.contradicted + barred["contradicted"],
        "unsupported": removed.unsupported,
        "unjudged": removed.unjudged + barred["unjudged"],
        "form": removed.form + barred["form"],
        "title": removed.title,
    }


def _origin(digest: Digest, made: Provenance, say: Phrases) -> list[str]:
    basis = [say.basis.format(basis=say.bases[made.basis])]
    basis += [say.pages.format(n=digest.page_count)] if digest.page_count else []
    words = say.extractive if made.provider == RULE else say.model
    parts = [say.comma.join(basis), words.format(made=made_words(made, say))]
    claims, n = len(shown_claims(digest)), judged_in(digest)
    if n:
        phrase = say.judge if n == claims else say.judge_some
        judge = judge_words(made, say)
        parts.append(phrase.format(judge=judge, n=n, claims=claims))
    elif claims and made.provider != RULE:
        parts.append(say.no_judge)
    return parts


def made_words(made: Provenance, say: Phrases) -> str:
    """Model and UTC day of a summary."""
    day = made.made_at.date().isoformat()
    return say.made_on.format(model=clean(made.model), day=day)


def judge_words(made: Provenance, say: Phrases) -> str:
    """The judge's name, and whether it judged its own words."""
    judge = clean(made.judge)
    is_same = judge == clean(made.model)
    return say.same_model.format(judge=judge) if is_same else judge


def judged_in(digest: Digest) -> int:
    """How many of the shown claims a model that has a name judged."""
    if digest.provenance is None or not clean(digest.provenance.judge):
        return 0
    return sum(claim.check.verdict is not None for claim in shown_claims(digest))


# --------------------------------------------------------------------------------------
# The notice at the head of a post: who wrote it, what was checked, what came of it.


def notice_of(post: Post, say: Phrases) -> tuple[str, ...]:
    """Lines of the notice, still to be escaped."""
    written = [d for d in post.entries if d.provenance and is_summarized(d)]
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
        asked = _models(post.entries, say)
        nothing = say.about_nothing if post.entries or not post.elsewhere else ""
        words = say.about_asked.format(models=asked) if asked else nothing
        words = words or say.about_elsewhere
        return (words, _count_words(post, say))
    return (*authors, f"{say.caution}{say.gap}{_count_words(post, say)}")


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


def _count_words(post: Post, say: Phrases) -> str:
    papers = len(post.entries)
    whole = sum(map(is_summarized, post.entries))
    counts = [say.counts.format(papers=papers, whole=whole)]
    if post.elsewhere:
        counts = [*(counts if papers else []), elsewhere_words(post, say)]
    for words, n in (
        (say.count_failed, papers - whole),
        (say.count_left_out, len(post.left_out)),
        (say.count_listed, len(post.listed)),
        (say.count_updates, len(post.updates)),
    ):
        counts += [words.format(n=n)] if n else []
    return f"{say.comma.join(counts)}{say.full_stop}"


def elsewhere_words(post: Post, say: Phrases) -> str:
    """How many papers other posts of the day have in full, and which posts."""
    topics = dict.fromkeys(clean(digest.stands_in) for digest in post.elsewhere)
    return say.count_elsewhere.format(
        n=len(post.elsewhere), topics=say.separator.join(topics)
    )
