"""A note of every paper for an Obsidian vault."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date

from chatpaper.config import OutputConfig
from chatpaper.outputs.dialects import OBSIDIAN
from chatpaper.outputs.kept import Page, fingerprint
from chatpaper.outputs.pages import joined, yaml_line
from chatpaper.outputs.periods import period_blocks, period_pages
from chatpaper.outputs.sheets import (
    Sheet,
    is_file_name,
)
from chatpaper.periods import Review, ShownReview, StandingReview
from chatpaper.posts import (
    clean,
    keywords_of,
    notice_of,
    phrases_in,
    safe_url,
    title_of,
    translated_title,
)
from chatpaper.records import Digest, Post, Update
from chatpaper.text import file_stem, short_hash

PICTURES = "pictures"
_Rank = tuple[bool, bool, int, bool]


@dataclass(slots=True)
class _Known:
    """What the posts hold of one paper.

    Attributes:
        rank: Of its best entry so far.
        best: Day and stem of the post with that entry.
        topics: In whose posts it stands.
        first: Day of its first post.
        update: The newest version that was told of.
    """

    rank: _Rank
    best: tuple[date, str]
    first: date
    topics: dict[str, None] = field(default_factory=dict)
    update: Update | None = None


def write_vault(posts: Iterable[Post], settings: OutputConfig) -> Iterator[Page]:
    """`2611.00001.md` of every paper with an entry, its best and newest one.

    A note bears the paper's id, which stays when a new version has another title;
    Obsidian finds it by its title all the same, which is an alias.
    """
    # The papers of years do not fit into memory: two rounds, one post at a time.
    known = _known(posts)
    for post in posts:
        made_from = fingerprint(post, settings)
        for digest in post.digests:
            about = known.get(digest.paper.id)
            if about and about.best == (post.day, post.stem):
                yield _page(digest, post, about, settings, made_from)
    yield from period_pages(settings, _period_path, _period_note)


def _period_path(review: Review) -> str:
    return f"{review.period.name}-{review.stem}.md"


def _period_note(standing: StandingReview, shown: ShownReview) -> str:
    review = standing.review
    values: dict[str, str | list[str]] = {
        "aliases": [_inert(clean(shown.title))],
        "since": review.first.isoformat(),
        "until": review.last.isoformat(),
        "tags": list(filter(None, map(_tag, ["chatpaper", review.topic, review.kind]))),
    }
    properties = [yaml_line(key, value) for key, value in values.items()]
    blocks = period_blocks(
        shown, OBSIDIAN, lambda at: f"{file_stem(at.id, 'paper')}.md"
    )
    title = f"# {OBSIDIAN.text(shown.title)}"
    return joined(["\n".join(["---", *properties, "---"]), title, *blocks])


def _known(posts: Iterable[Post]) -> dict[str, _Known]:
    known: dict[str, _Known] = {}
    for post in posts:
        at = post.day, post.stem
        for digest in post.digests:
            rank = _rank(digest)
            about = known.setdefault(
                digest.paper.id, _Known(rank=rank, best=at, first=post.day)
            )
            about.topics[post.topic] = None
            if rank >= about.rank:
                about.rank, about.best = rank, at
        for update in post.updates:
            paper = known.get(update.paper.id)
            if paper:
                paper.update = update
    return known


def _rank(digest: Digest) -> _Rank:
    # Its pictures lie beside the post that has it in full.
    is_whole = digest.summary is not None, digest.failure is None
    return *is_whole, digest.paper.version, not digest.stands_in


def _page(
    digest: Digest, post: Post, about: _Known, settings: OutputConfig, made_from: str
) -> Page:
    name = file_stem(digest.paper.id, "paper")
    folder = f"{PICTURES}/{name}"
    told = about.update.paper.version if about.update else 0
    parts = [made_from, str(about.first), *about.topics, str(told)]
    beside = settings.dir / post.day.isoformat() / post.stem
    return Page(
        path=f"{name}.md",
        made_from=short_hash("\n".join(parts), digits=64),
        text=lambda: joined(_blocks(digest, about, settings, f"{folder}/")),
        pictures={
            f"{folder}/{picture.file}": beside / picture.file
            for picture in digest.pictures
            if is_file_name(picture)
        },
    )


def _blocks(
    digest: Digest, about: _Known, settings: OutputConfig, folder: str
) -> Iterator[str]:
    say = phrases_in(settings.language)
    sheet = Sheet(OBSIDIAN, say, folder=folder, folds=True)
    alone = Post(topic="", day=about.first, digests=(digest,))
    *notice, _counts = notice_of(alone, say)
    yield _properties(digest, about)
    yield f"# {OBSIDIAN.text(title_of(digest.paper))}"
    yield "\n>\n".join(f"> {OBSIDIAN.text(line)}" for line in notice)
    yield from sheet.entry(digest)
    update = about.update
    if update and update.paper.version > digest.paper.version:
        yield f"## {OBSIDIAN.text(say.updated)}"
        yield from sheet.update(update)


def _properties(digest: Digest, about: _Known) -> str:
    paper = digest.paper
    titles = dict.fromkeys(filter(None, [title_of(paper), translated_title(digest)]))
    tags = ["chatpaper", *about.topics, *keywords_of(digest)]
    code = digest.code_url.text if digest.code_url else None
    values: dict[str, str | list[str]] = {
        "aliases": [_inert(title) for title in titles],
        "authors": [_inert(clean(name)) for name in paper.authors if clean(name)],
        "arxiv" if paper.source == "arxiv" else "paper": _inert(paper.versioned_id),
        "published": paper.published.date().isoformat() if paper.published else "",
        "posted": about.first.isoformat(),
        "url": safe_url(paper.abs_url) or "",
        "pdf": safe_url(paper.pdf_url) or "",
        "code": safe_url(code) or "",
        "doi": _inert(paper.doi or ""),
        "venue": _inert(paper.journal_ref or ""),
        "comment": _inert(paper.comment or ""),
        "tags": list(dict.fromkeys(filter(None, map(_tag, tags)))),
    }
    lines = [yaml_line(key, value) for key, value in values.items() if value]
    return "\n".join(["---", *lines, "---"])


# Obsidian makes a link of `[[x]]`, and its Templater runs what stands in `<% %>`.
_ACTIVE = str.maketrans(
    {"<": "＜", ">": "＞", "[": "［", "]": "］", "{": "｛", "}": "｝"}
)


def _inert(text: str) -> str:
    text = clean(text)
    return text.translate(_ACTIVE) if re.search(r"<%|\[\[|\{\{|://", text) else text


def _tag(words: str) -> str:
    """A tag as Obsidian takes it: letters, digits, `-` and `_`, not digits alone."""
    tag = re.sub(r"[^\w-]+", "-", clean(words)).strip("-_")
    return f"n{tag}" if tag.isdigit() else tag
