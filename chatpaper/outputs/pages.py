"""A day's post as a folder with a page and its pictures, for Hugo or for any reader."""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Callable, Iterable, Iterator
from datetime import date, datetime, time, timedelta
from urllib.parse import quote

from chatpaper.config import OutputConfig
from chatpaper.outputs.dialects import PAGES
from chatpaper.outputs.kept import Page, fingerprint
from chatpaper.outputs.periods import period_blocks, period_pages
from chatpaper.outputs.sheets import Sheet, is_file_name
from chatpaper.periods import Place, Review, ShownReview, StandingReview
from chatpaper.posts import (
    Phrases,
    badges_elsewhere,
    clean,
    entry_anchor,
    notice_of,
    phrases_in,
    title_of,
    translated_title,
)
from chatpaper.records import Digest, Paper, Post, Update
from chatpaper.text import file_stem


def write_plain(posts: Iterable[Post], settings: OutputConfig) -> Iterator[Page]:
    """`2026-11-25/gan/index.md`: Markdown alone, as MkDocs and GitHub show it."""
    for post in posts:
        yield _page(post, f"# {PAGES.text(_title(post))}", settings, is_hugo=False)

    def address(at: Place) -> str:
        return f"../../{at.day}/{at.stem.lower()}/index.md"

    yield from _periods(settings, lambda _, title: f"# {PAGES.text(title)}", address)


def write_hugo(posts: Iterable[Post], settings: OutputConfig) -> Iterator[Page]:
    """The same as a page bundle, with the front matter that Hugo wants."""
    for post in posts:
        yield _page(post, _front_matter(post, settings), settings, is_hugo=True)

    def head(review: Review, title: str) -> str:
        dated = review.last + timedelta(days=1)  # when it was over
        return _head_lines(title, dated, review.topic, settings)

    def address(at: Place) -> str:
        return f"../../{at.day}/{at.stem.lower()}/#{entry_anchor(at.id)}"

    yield from _periods(settings, head, address)


def _periods(
    settings: OutputConfig,
    head: Callable[[Review, str], str],
    address: Callable[[Place], str],
) -> Iterator[Page]:
    """`2026-w47/gan/index.md`, beside the days."""

    def text(standing: StandingReview, shown: ShownReview) -> str:
        blocks = period_blocks(shown, PAGES, address)
        return joined([head(standing.review, clean(shown.title)), *blocks])

    def path(review: Review) -> str:
        return f"{review.period.name.lower()}/{review.stem.lower()}/index.md"

    yield from period_pages(settings, path, text)


def yaml_line(key: str, value: str | list[str]) -> str:
    """A key of a front matter: JSON's texts and lists are YAML to every reader."""
    return f"{key}: {json.dumps(value, ensure_ascii=False)}"


def joined(blocks: Iterable[str]) -> str:
    """A file of those blocks that are not empty."""
    return "\n\n".join(filter(None, blocks)) + "\n"


def _page(post: Post, head: str, settings: OutputConfig, *, is_hugo: bool) -> Page:
    # Hugo serves a page's folder in small letters.
    folder = f"{post.day.isoformat()}/{post.stem.lower()}"
    beside = settings.dir / post.day.isoformat() / post.stem
    return Page(
        path=f"{folder}/index.md",
        made_from=fingerprint(post, settings),
        text=lambda: joined([head, *_blocks(post, settings, is_hugo=is_hugo)]),
        pictures={
            f"{folder}/{picture.file}": beside / picture.file
            for digest in post.entries
            for picture in digest.pictures
            if is_file_name(picture)
        },
    )


def _title(post: Post) -> str:
    return f"{clean(post.topic)} · {post.day.isoformat()}"


def _front_matter(post: Post, settings: OutputConfig) -> str:
    return _head_lines(_title(post), post.day, post.topic, settings)


def _head_lines(title: str, day: date, topic: str, settings: OutputConfig) -> str:
    # With its zone: Hugo leaves out what is dated in the future.
    moment = datetime.combine(day, time(), settings.tz)
    moment = moment if settings.tz else moment.astimezone()
    author = clean(settings.author)
    lines = [
        yaml_line("title", title),
        f"date: {moment.isoformat()}",
        yaml_line("tags", [_tag(clean(topic))]),
        "math: true",
        *([yaml_line("author", author)] if author else []),
    ]
    return "\n".join(["---", *lines, "---"])


def _tag(name: str) -> str:
    # Hugo makes a folder of a tag's name.
    return name.replace("/", "-").strip(". -") or "topic"


def _blocks(post: Post, settings: OutputConfig, *, is_hugo: bool) -> Iterator[str]:
    say = phrases_in(settings.language)
    sheet = Sheet(PAGES, say)
    yield "\n>\n".join(f"> {PAGES.text(line)}" for line in notice_of(post, say))
    yield "\n".join(f"- {_line(each, say, is_hugo=is_hugo)}" for each in post.lines)
    for digest in post.entries:
        yield f"## {_heading(digest.paper, is_hugo=is_hugo)}"
        yield from sheet.entry(digest)
    if post.new_versions:
        yield f"## {PAGES.text(say.new_versions)}"
    for update in post.new_versions:
        yield f"### {_heading(update.paper, is_hugo=is_hugo)}"
        yield from sheet.update(update)
    for words, papers in ((say.left_out, post.left_out), (say.listed, post.listed)):
        if papers:
            yield f"## {PAGES.text(words.format(n=len(papers)))}"
            yield "\n".join(f"- {sheet.left_out(paper)}" for paper in papers)


def _heading(paper: Paper, *, is_hugo: bool) -> str:
    """A paper's title, in Hugo with an anchor that no other title can have."""
    title = PAGES.text(title_of(paper))
    return f"{title} {{#{entry_anchor(paper.id)}}}" if is_hugo else title


def _line(of: Digest | Update, say: Phrases, *, is_hugo: bool) -> str:
    """A paper, or a new version, that another page of the day has in full."""
    paper, topic = of.paper, of.stands_in
    translated = translated_title(of) if isinstance(of, Digest) else ""
    title = PAGES.text(translated or title_of(paper))
    there = entry_anchor(paper.id) if is_hugo else quote(_anchor(title_of(paper)))
    file = "" if is_hugo else "index.md"
    address = f"../{quote(file_stem(topic, 'topic').lower())}/{file}#{there}"
    named = PAGES.text(say.elsewhere.format(topic=clean(topic)))
    named = " · ".join([*map(PAGES.text, badges_elsewhere(of, say)), named])
    source = PAGES.link(paper.versioned_id, paper.abs_url)
    return f"[{title}]({address}) · {named} · {source}"


def _anchor(title: str) -> str:
    """The anchor that GitHub gives a heading, without any HTML of ours.

    MkDocs gives most titles the same. Where it does not (`A -- B`), and where another
    heading has the very title, the link leads to the page.

    Source:
        https://docs.github.com/en/get-started/writing-on-github/getting-started-with-writing-and-formatting-on-github/basic-writing-and-formatting-syntax#section-links
    """
    kept = (char for char in title.lower() if char in "- " or _is_of_word(char))
    return "".join(kept).replace(" ", "-")


def _is_of_word(char: str) -> bool:
    category = unicodedata.category(char)
    return category[0] in "LM" or category in {"Nd", "Nl", "Pc"}
