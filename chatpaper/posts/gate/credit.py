"""What a post says of how it was made: counted from the records, not by the writer."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from chatpaper.posts.gate.known import KnownClaim
from chatpaper.posts.gate.rendered import one_line
from chatpaper.posts.phrases import Phrases
from chatpaper.posts.twin import Twin
from chatpaper.records import Digest


def colophon_words(digest: Digest, known: Sequence[KnownClaim], say: Phrases) -> str:
    """The line below a summary; empty where nothing was checked."""
    shown = [k for k in known if not k.barred]
    counts = _checked(shown, say)
    removed = digest.removed
    for why, before in (
        ("contradicted", removed.contradicted),
        ("unsupported", removed.unsupported),
        ("unjudged", removed.unjudged),
        ("form", removed.form),
    ):
        if n := before + sum(k.barred == why for k in known):
            counts.append(say.removed[why].format(n=n))
    if removed.title:
        counts.append(say.removed["title"])
    if not counts:
        return ""
    parts = [say.stop.join(counts)]
    if made := digest.provenance:
        pages = say.comma + say.pages.format(n=digest.page_count)
        basis = say.basis.format(basis=say.bases[made.basis])
        parts.append(basis + (pages if digest.page_count else ""))
        by_rule = _is_by_rule(digest)
        phrase = say.extractive if by_rule else say.model
        parts.append(phrase.format(made=_maker(digest, say)))
        if judged := _judged(digest, shown):
            phrase = say.judge if judged == len(shown) else say.judge_some
            judge = _judge(digest, say)
            parts.append(phrase.format(judge=judge, n=judged, claims=len(shown)))
        elif shown and not by_rule:
            parts.append(say.no_judge)
    return " · ".join(parts)


def _checked(shown: Sequence[KnownClaim], say: Phrases) -> list[str]:
    if not shown:
        return []
    places = [p for k in shown for p in k.check.places if not k.is_translation]
    quotes, located = len(places), sum(place is not None for place in places)
    counts = [say.checked.format(located=located, quotes=quotes)]
    doubtful = sum(k.is_marked for k in shown)
    return counts + ([say.doubtful.format(n=doubtful)] if doubtful else [])


def _is_by_rule(digest: Digest) -> bool:
    return digest.provenance is not None and digest.provenance.provider == "extractive"


def _maker(digest: Digest, say: Phrases) -> str:
    """Model and day of a summary; empty without one."""
    if (made := digest.provenance) is None:
        return ""
    day = made.made_at.date().isoformat()
    return say.made_on.format(model=one_line(made.model), day=day)


def _judge(digest: Digest, say: Phrases) -> str:
    """The judge's name, and whether it wrote what it judged."""
    if (made := digest.provenance) is None:
        return ""
    judge = one_line(made.judge)
    is_same = judge == one_line(made.model)
    return say.same_model.format(judge=judge) if is_same else judge


def _judged(digest: Digest, shown: Sequence[KnownClaim]) -> int:
    """How many claims a judge with a name gave a verdict on."""
    has_judge = digest.provenance and one_line(digest.provenance.judge)
    return sum(k.check.verdict is not None for k in shown) if has_judge else 0


def notice_lines(
    twin: Twin, claims: Sequence[Sequence[KnownClaim]], say: Phrases
) -> list[str]:
    """The lines above the first heading."""
    shown = [[k for k in known if not k.barred] for known in claims]
    full = [digest for digest in twin.digests if not digest.stands_in]
    elsewhere = words_elsewhere(twin, say)
    pairs = list(zip(full, shown, strict=True))
    written = [(d, known) for d, known in pairs if d.provenance and known]
    by_rule = [(d, known) for d, known in written if _is_by_rule(d)]
    by_model = [(d, known) for d, known in written if not _is_by_rule(d)]
    lines = []
    if by_model:
        judged = _judging(by_model, say)
        models = _makers([d for d, _ in by_model], say)
        lines.append(say.about_model.format(models=models, judged=judged))
    if by_rule:
        phrase = say.about_others if by_model else say.about_extractive
        models = _makers([d for d, _ in by_rule], say)
        lines.append(phrase.format(n=len(by_rule), models=models))
    asked = _makers(full, say)
    if not lines:
        nothing = say.about_elsewhere if elsewhere and not full else say.about_nothing
        lines.append(say.about_asked.format(models=asked) if asked else nothing)
        caution = ""
    else:
        caution = say.caution
    whole = sum(bool(known) for known in shown)
    counts = [say.counts.format(papers=len(pairs), whole=whole)]
    counts = counts if full or not elsewhere else []
    counts += [elsewhere] if elsewhere else []
    for phrase, n in (
        (say.count_failed, len(pairs) - whole),
        (say.count_left_out, len(twin.left_out)),
        (say.count_listed, len(twin.listed)),
        (say.count_updates, len(twin.updates)),
    ):
        counts += [phrase.format(n=n)] if n else []
    return [*lines, caution + say.comma.join(counts) + say.full_stop]


def _makers(digests: Iterable[Digest], say: Phrases) -> str:
    return "; ".join(sorted({maker for d in digests if (maker := _maker(d, say))}))


def _judging(pairs: Sequence[tuple[Digest, list[KnownClaim]]], say: Phrases) -> str:
    claims = sum(len(known) for _, known in pairs)
    counts = [(digest, _judged(digest, known)) for digest, known in pairs]
    n = sum(count for _, count in counts)
    judges = "; ".join(sorted({_judge(d, say) for d, count in counts if count}))
    phrase = say.judged_some if n < claims else say.judged_all
    return (phrase if n else say.judged_none).format(judges=judges, n=n, claims=claims)


def words_elsewhere(twin: Twin, say: Phrases) -> str:
    """How many papers are lines that lead to other posts; empty without one."""
    topics = [one_line(digest.stands_in) for digest in twin.digests if digest.stands_in]
    if not topics:
        return ""
    named = say.separator.join(dict.fromkeys(topics))
    return say.count_elsewhere.format(n=len(topics), topics=named)
