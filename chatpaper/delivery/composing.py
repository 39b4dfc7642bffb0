"""From a post as it stands to the message about it, and the line about a night without.

What is said of a paper is what its entry says: a sentence goes with its marks, or it is
left out (`posts.brief_of`).
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType

from chatpaper.delivery.message import Line, Message, Part, Span, inert
from chatpaper.posts import (
    Brief,
    brief_of,
    entry_anchor,
    safe_url,
    title_of,
    translated_title,
)
from chatpaper.records import Digest, Post, Update
from chatpaper.text import file_stem, says_withdrawn

# --------------------------------------------------------------------------------------
# The fixed words.

MAX_TITLE_CHARS = 180
MAX_CLAIM_CHARS = 400  # a claim has 300 at most, and its marks
MAX_REASON_CHARS = 300
MAX_TOPIC_CHARS = 80
MAX_CORRECTED = 5  # by title


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """Every word of a message that is ours; `{}` slots are filled by `str.format`."""

    papers: str
    updates: str
    left_out: str
    elsewhere: str
    updated: str
    withdrawn: str
    corrected: str
    more: str
    nothing: str
    failed: str
    partial: str
    silent: str
    caution: str
    colon: str
    stop: str
    because: str
    reasons: Mapping[str, str]


CHINESE = Words(
    papers="{n} 篇",
    updates="{n} 篇旧文有新版本",
    left_out="{n} 篇因预算未总结",
    elsewhere="另有 {n} 篇见同日的 {topics}",
    updated="更新",
    withdrawn="⚠ 撤稿",
    corrected="更正了已收录的 {n} 篇",
    more="还有 {n} 篇，见全文",
    nothing="今日无新论文",
    failed="今日未能更新",
    partial="未全部完成",
    silent="已 {n} 天没有新论文收录",
    caution="标「⚠」处未通过核对；请以论文原文为准。",
    colon="：",
    stop="；",
    because="{named}（{text}）",
    reasons=MappingProxyType(
        {
            "none-submitted": "arXiv 没有新公布的论文",
            "none-matched": "没有符合主题的论文",
            "all-seen": "找到的论文此前均已收录",
            "filtered-out": "找到的论文均被主题的条件排除",
            "throttled": "arXiv 要求稍后再试",
            "source-broken": "arXiv 未能正常应答",
            "feed-stale": "arXiv 的订阅源不是今天的",
            "quota": "模型的额度已用尽，或密钥被拒绝",
            "budget": "本次预算已用尽",
            "fault": "程序自身的错误",
            "crashed": "程序自身的错误",
            "batch": "摘要已按批次提交，稍后收录",
            "batch-refused": "批次未被接受",
            "clock": "本机时钟有误",
            "interrupted": "运行被中断",
            "failed": "论文均处理失败",
            "unpublished": "文章未通过发布检查，或未能写入",
        }
    ),
)
ENGLISH = Words(
    papers="{n} papers",
    updates="{n} new versions",
    left_out="{n} not summarized for want of budget",
    elsewhere="{n} more in the day's post on {topics}",
    updated="update",
    withdrawn="⚠ withdrawn",
    corrected="corrected of what was posted, {n}",
    more="{n} more: see the post",
    nothing="no new papers today",
    failed="no post today",
    partial="not all was done",
    silent="no new paper for {n} days",
    caution="What is marked ⚠ did not pass a check; what counts is the paper.",
    colon=": ",
    stop="; ",
    because="{named} ({text})",
    reasons=MappingProxyType({}),
)


def words_in(language: str) -> Words:
    """The words for a language of posts."""
    return CHINESE if language == "zh" else ENGLISH


# --------------------------------------------------------------------------------------
# The message about a post.


def _item(digest: Digest) -> str:
    """An entry's key; without a summary it is another one than with it."""
    return f"{digest.paper.versioned_id}{'' if digest.summary else '?'}"


def _update_item(update: Update) -> str:
    return f"update {update.paper.versioned_id}"


def compose_post(
    post: Post,
    *,
    told: Collection[str],
    language: str,
    markdown: str,
    site_url: str,
    why: str = "",
    beside: Mapping[str, str] = MappingProxyType({}),
    corrected: Sequence[tuple[Post, Digest]] = (),
) -> Message | None:
    """The message about what of a post was not told yet; None when all was.

    Args:
        post: As it stands, without what was taken out by hand.
        told: Keys of what the receiver knows.
        language: Of the fixed words.
        markdown: The post's file.
        site_url: Of the blog, or a pattern; empty: links lead to arXiv.
        why: Code of the reason for a shortened post.
        beside: Files of posts of the day that have papers of this one in full, by
            topic, where the receiver is not told of that topic. Of those of all others
            a message of their own speaks.
        corrected: Entries of earlier posts that were corrected, and their posts: one
            line names them, if there is a message at all.
    """
    say = words_in(language)
    url = post_url(post, site_url)
    new = [d for d in post.digests if not _is_told(d, told)]
    fresh = [u for u in post.updates if _update_item(u) not in told]
    digests = [d for d in new if d.stands_in in {"", *beside}]
    updates = [u for u in fresh if u.stands_in in {"", *beside}]
    shared = {_item(d): d.stands_in for d in new if d not in digests}
    shared |= {_update_item(u): u.stands_in for u in fresh if u not in updates}
    if not (digests or updates):
        return None
    counts = [say.papers.format(n=len(digests))] if digests else []
    counts += [say.updates.format(n=len(updates))] if updates else []
    topic = inert(post.topic, MAX_TOPIC_CHARS)
    subject = " · ".join([topic, post.day.isoformat(), *counts])
    files = {**beside, "": markdown}
    briefs = [
        brief_of(d, language=language, markdown=files[d.stands_in]) for d in digests
    ]
    foot = list(_foot(post, shared, why, url, say))
    foot += [(Span(say.caution),)] if any(brief.claims for brief in briefs) else []
    addresses = {t: post_url(_beside(post, t), site_url) for t in beside} | {"": url}
    parts = [
        Part(
            item=_item(digest),
            lines=tuple(_entry(number, brief, addresses[digest.stands_in])),
        )
        for number, (digest, brief) in enumerate(zip(digests, briefs, strict=True), 1)
    ]
    parts += [Part(item=_update_item(u), lines=(_update(u, say),)) for u in updates]
    return Message(
        subject=subject,
        topic=post.topic,
        day=post.day,
        items=(
            *(part.item for part in parts),
            *shared,
            *(item for _, digest in corrected for item in correction_items(digest)),
        ),
        head=((Span(subject, url, strong=True),),),
        parts=tuple(parts),
        foot=(*_corrections(corrected, site_url, say), *foot),
        more=say.more,
        more_url=url,
    )


def _foot(
    post: Post, shared: Mapping[str, str], why: str, url: str | None, say: Words
) -> Iterator[Line]:
    """What is not told here, and why; `shared` has the topics that tell it, by keys."""
    if shared:
        topics = dict.fromkeys(inert(t, MAX_TOPIC_CHARS) for t in shared.values())
        words = say.elsewhere.format(n=len(shared), topics=", ".join(topics))
        yield (Span(words, url),)
    if post.left_out:
        yield (Span(say.left_out.format(n=len(post.left_out))),)
    if why:
        reason = say.reasons.get(why, why)
        yield (Span(f"{say.partial}{say.colon}{reason}"),)


def _beside(post: Post, topic: str) -> Post:
    return Post(topic=topic, day=post.day, digests=(), stem=file_stem(topic, "topic"))


def _is_told(digest: Digest, told: Collection[str]) -> bool:
    # Who knows the summary of a paper need not be told that there is none.
    return _item(digest) in told or digest.paper.versioned_id in told


def post_url(post: Post, site_url: str) -> str | None:
    """Where a post is on the blog; by default for Hexo's `permalink: ":title/"`.

    A blog that keeps Hexo's own `:year/:month/:day/:title/` says so in a pattern.

    Source:
        https://hexo.io/docs/permalinks
    """
    return address_in(site_url, post.day.isoformat(), post.day, post.stem)


def address_in(site_url: str, folder: str, day: date, stem: str) -> str | None:
    """The same of any post, by its folder, its date and its file's stem."""
    if not site_url:
        return None
    pattern = site_url
    if "{" not in pattern:
        pattern = f"{pattern.rstrip('/')}/{{date}}/{{stem}}/"
    return safe_url(
        pattern.format(
            date=folder,
            year=f"{day:%Y}",
            month=f"{day:%m}",
            day=f"{day:%d}",
            stem=stem,
        )
    )


def _entry(number: int, brief: Brief, url: str | None) -> Iterator[Line]:
    title = inert(brief.title, MAX_TITLE_CHARS)
    target = brief.url
    if url is not None:
        target = f"{url}#{brief.anchor}" if brief.anchor else url
    translated = inert(brief.translated, MAX_TITLE_CHARS)
    yield (Span(f"{number}."), Span(translated or title, target))
    if translated:
        yield (Span(title, brief.url if url is not None else None),)
    if text := " ".join(brief.claims):
        # A sentence that is cut would lose its marks.
        claim = inert(text, 10 * MAX_CLAIM_CHARS)
        if len(claim) <= MAX_CLAIM_CHARS:
            yield (Span(claim),)
    elif brief.failed:
        yield (Span(inert(brief.failed)),)


def correction_items(digest: Digest) -> tuple[str, ...]:
    """The keys of an entry's corrections."""
    paper = digest.paper.versioned_id
    return tuple(
        f"corrected {paper} {correction.on} {nth}"
        for nth, correction in enumerate(digest.corrections)
    )


def _corrections(
    corrected: Sequence[tuple[Post, Digest]], site_url: str, say: Words
) -> Iterator[Line]:
    """One line, if there are any."""
    spans = [Span(f"{say.corrected.format(n=len(corrected))}{say.colon}".strip())]
    for post, digest in corrected[:MAX_CORRECTED]:
        there = _beside(post, digest.stands_in) if digest.stands_in else post
        url = post_url(there, site_url)
        target = f"{url}#{entry_anchor(digest.paper.id)}" if url else None
        title = translated_title(digest) or title_of(digest.paper)
        words = inert(title, MAX_TITLE_CHARS)
        spans.append(Span(words, target or safe_url(digest.paper.abs_url)))
    if corrected:
        yield tuple(spans)


def _update(update: Update, say: Words) -> Line:
    title = inert(update.paper.title, MAX_TITLE_CHARS) or update.paper.versioned_id
    version = f"v{update.previous.version} → v{update.paper.version}"
    gone = says_withdrawn(update.paper.comment or "", update.paper.abstract)
    label = say.withdrawn if gone else say.updated
    return (
        Span(f"{label}{say.colon}".strip()),
        Span(title, safe_url(update.paper.abs_url)),
        Span(version),
    )


# --------------------------------------------------------------------------------------
# The line about a night without a post.


def compose_line(
    topic: str,
    day: date,
    *,
    language: str,
    failed: bool = False,
    why: str = "",
    reason: str = "",
    silent_days: int = 0,
    items: tuple[str, ...],
) -> Message:
    """One line: that there is nothing, and why.

    Args:
        topic: Of the post that is not there.
        day: Likewise.
        language: Of the fixed words.
        failed: Whether there should have been one.
        why: Code of the reason.
        reason: The report's sentence.
        silent_days: How long nothing was posted; 0 when nothing is to be said of it.
        items: Keys of what is told.
    """
    say = words_in(language)
    words = []
    if why or reason:
        named = say.reasons.get(why, "")
        text = inert(reason, MAX_REASON_CHARS)
        if named and text:
            text = say.because.format(named=named, text=text)
        said = say.failed if failed else say.nothing
        words.append(f"{said}{say.colon}{text or named}")
    if silent_days:
        words.append(say.silent.format(n=silent_days))
    subject = f"{inert(topic, MAX_TOPIC_CHARS)} · {day.isoformat()}"
    short = (say.failed if failed else say.nothing) if why or reason else words[-1]
    line = f"{subject}{say.colon}{say.stop.join(words)}"
    return Message(
        subject=f"{subject} · {short}",
        topic=topic,
        day=day,
        items=items,
        head=((Span(line),),),
    )
