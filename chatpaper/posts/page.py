"""The whole post: its front matter, notice and entries, in one Markdown text."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace
from datetime import date, datetime, time
from functools import cache
from itertools import zip_longest
from typing import TYPE_CHECKING, Any

import yaml

from chatpaper.posts.colophon import elsewhere_words, notice_of
from chatpaper.posts.entries import (
    SHORT_DAY,
    change_of,
    entry_of,
    keywords_of,
    left_out_line,
    title_of,
    translated_title,
)
from chatpaper.posts.markdown import Markdown, escape, harmless
from chatpaper.posts.overview import overview_of
from chatpaper.posts.phrases import KEYS, Phrases, phrases_in
from chatpaper.posts.twin import read_post_data, write_twin
from chatpaper.records import Digest, Paper, Picture, Post, Update, age_key
from chatpaper.text import file_stem, plain_formulas

if TYPE_CHECKING:
    from jinja2 import Environment

# --------------------------------------------------------------------------------------
# Entries of one day from several runs, each paper once.


def merge_digests(old: Iterable[Digest], new: Iterable[Digest]) -> tuple[Digest, ...]:
    """Every paper once, the most relevant first where papers were ranked, then newest.

    Of two entries with the same base id a whole one beats a failed one, then the
    higher version the lower, then the later entry the earlier. Papers without a date
    keep their order and come last.
    """
    best: dict[str, Digest] = {}
    for digest in (*new, *old):
        known = best.get(digest.paper.id)
        if known is None or _rank(digest) > _rank(known):
            best[digest.paper.id] = digest
    return tuple(sorted(best.values(), key=_place, reverse=True))


def _place(digest: Digest) -> tuple[float, float]:
    score = digest.relevance.score if digest.relevance else float("-inf")
    return score, age_key(digest.paper)[0]


def _rank(digest: Digest) -> tuple[bool, bool, int]:
    return (
        digest.summary is not None,
        digest.failure is None,
        digest.paper.version,
    )


# --------------------------------------------------------------------------------------
# Digests of a day into a post: Markdown, its JSON twin, its file name.


def render_post(
    topic: str,
    day: date,
    digests: Iterable[Digest],
    *,
    updates: Iterable[Update] = (),
    left_out: Iterable[Paper] = (),
    listed: Iterable[Paper] = (),
    language: str = "zh",
    author: str = "",
    category: str = "Paper",
    title: str = "",
) -> Post:
    """Write the day's post on one topic.

    The same input gives the same bytes. Every foreign word is escaped; a paper that
    comes twice is shown once (see `merge_digests`), and one that has an entry is
    neither an update nor left out.

    Args:
        topic: Name of the topic; any text.
        day: Of the post, in the output time zone.
        digests: Entries, in any order.
        updates: New versions of papers posted on earlier days.
        left_out: Papers for which the budget did not suffice.
        listed: Papers that are less relevant than those with an entry.
        language: Of the fixed words: `zh` or `en`.
        author: Signature in the front matter; empty for the site's own.
        category: In the front matter.
        title: Of the post, with `{topic}`, `{day}` and `{count}`; empty for the usual.
    """
    entries = merge_digests((), digests)
    shown = {digest.paper.id for digest in entries}
    post = Post(
        topic=topic,
        day=day,
        digests=entries,
        updates=_newest(update for update in updates if update.paper.id not in shown),
        left_out=_once(left_out, shown),
        listed=_once(listed, shown),
        stem=file_stem(topic, "topic"),
    )
    # A file cannot hold a lone surrogate: the twin is without, so the Markdown is too.
    post = read_post_data(write_twin(post, language))
    post = replace(post, markdown=_markdown(post, language, author, category, title))
    return replace(post, data=write_twin(post, language))


def _once(papers: Iterable[Paper], shown: Collection[str]) -> tuple[Paper, ...]:
    """Each paper once, but for those that have an entry."""
    return tuple({p.id: p for p in papers if p.id not in shown}.values())


def _newest(updates: Iterable[Update]) -> tuple[Update, ...]:
    """One update a paper: from the oldest version that was posted to the newest."""
    newest: dict[str, Update] = {}
    for update in updates:
        known = newest.get(update.paper.id, update)
        newest[update.paper.id] = replace(
            min(known, update, key=lambda each: each.previous.version),
            paper=max(update.paper, known.paper, key=lambda paper: paper.version),
        )
    return tuple(newest.values())


def _markdown(post: Post, language: str, author: str, category: str, title: str) -> str:
    say = phrases_in(language)
    cover = _cover(post.entries)
    head = _front_matter(
        post,
        say,
        author=author,
        category=category,
        title=title or say.title,
        cover=cover.file if cover else None,
    )
    is_short_day = len(post.entries) <= SHORT_DAY
    return _filled(
        "post.md.j2",
        say,
        front_matter=Markdown(head),
        overview=overview_of(post, say),
        notice=notice_of(post, say),
        entries=[
            entry_of(digest, say, post.stem, is_short_day=is_short_day)
            for digest in post.entries
        ],
        updates=[change_of(update, say) for update in post.updates],
        left_out=[left_out_line(paper) for paper in post.left_out],
        listed=[left_out_line(paper) for paper in post.listed],
    )


def render_entry(
    digest: Digest, *, language: str = "zh", folder: str = "chatpaper"
) -> str:
    """Markdown of one paper's entry, as it stands in a post.

    Args:
        digest: The entry.
        language: Of the fixed words.
        folder: In which its pictures are said to lie.
    """
    say = phrases_in(language)
    return _filled("entry.md.j2", say, entry=entry_of(digest, say, folder))


def _filled(name: str, say: Phrases, **shown: object) -> str:
    ours = {"line_end": Markdown("\\"), "colon": Markdown(say.colon)}
    text = _templates().get_template(name).render(say=say, **ours, **shown)
    return re.sub(r"\n{3,}", "\n\n", text).rstrip("\n") + "\n"


def _cover(digests: Iterable[Digest]) -> Picture | None:
    """The first figure that is wider than high, or else the first picture."""
    pictures = [picture for digest in digests for picture in digest.pictures]
    wide = (
        picture
        for picture in pictures
        if picture.kind == "figure" and picture.width_px >= picture.height_px
    )
    return next(wide, pictures[0] if pictures else None)


# --------------------------------------------------------------------------------------
# The front matter.

MAX_DESCRIPTION_CHARS = 200
MAX_KEYWORDS = 30
MAX_TAGS = 8  # every tag is a page of the blog


class _Dumper(yaml.SafeDumper):
    """Leaves what is not set empty, as Hexo's own scaffolds do."""

    def ignore_aliases(self, data: Any) -> bool:  # noqa: ARG002
        return True


_Dumper.add_representer(
    type(None),
    lambda dumper, _: dumper.represent_scalar("tag:yaml.org,2002:null", ""),
)


# What some reader of YAML takes for a number, a time or a truth value; PyYAML and
# Hexo's js-yaml differ, and both from the letter of YAML 1.1: https://yaml.org/type/
_AMBIGUOUS = re.compile(
    r"[-+.]?[\d.][\da-fox_:,.+\-tz ]*|[yn]|\.?(?:inf|nan)", re.IGNORECASE
)


def _quoted_if_ambiguous(dumper: yaml.SafeDumper, text: str) -> yaml.ScalarNode:
    style = "'" if _AMBIGUOUS.fullmatch(text) else None
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style=style)


_Dumper.add_representer(str, _quoted_if_ambiguous)


def _front_matter(
    post: Post,
    say: Phrases,
    *,
    author: str,
    category: str,
    title: str,
    cover: str | None = None,
) -> str:
    """The lines between the `---`, every key of `KEYS` in order.

    The theme writes titles and descriptions into scripts without escaping them, so no
    character stands in them that means something there.

    Args:
        post: Its day is meant as midnight, without zone: Hexo reads it in its own.
        say: Fixed words.
        author: Who signs; empty for the site's own author.
        category: Of the post.
        title: With slots for topic, day and count of papers.
        cover: File in the asset folder; None shows no cover.
    """
    name = harmless(post.topic) or "topic"
    count = len(post.entries) or len(post.elsewhere) or len(post.updates)
    keywords = _keywords(post, name)
    values: dict[str, object] = dict.fromkeys(KEYS)
    values.update(
        title=harmless(title.format(topic=name, day=post.day.isoformat(), count=count)),
        date=datetime.combine(post.day, time()),
        author=harmless(author) or None,
        cover=cover or False,
        # The theme would blow the cover up to the width of the page.
        top_img=False,
        categories=harmless(category) or None,
        tags=_tags(keywords),
        description=_description(post, say),
        keywords=", ".join(keywords),
        toc_number=False,
        toc_style_simple=True,
        mathjax=True,
    )
    return head_lines(values)


def head_lines(values: Mapping[str, object]) -> str:
    """The lines between the `---`, so that every reader of YAML reads them alike."""
    return yaml.dump(
        values, Dumper=_Dumper, allow_unicode=True, sort_keys=False, width=10**6
    )


def _description(post: Post, say: Phrases) -> str:
    """The titles of a post and how many stand elsewhere, as far as they fit."""
    digests = post.entries or post.elsewhere
    titles = [
        translated_title(digest) or title_of(digest.paper) for digest in digests
    ] or [title_of(update.paper) for update in post.updates]
    if post.entries and post.elsewhere:
        titles.append(elsewhere_words(post, say))
    # Where a description is read, nothing is typeset.
    words = say.stop.join(map(plain_formulas, titles))
    return harmless(words)[:MAX_DESCRIPTION_CHARS]


def _keywords(post: Post, name: str) -> list[str]:
    """The topic, then what the papers are about: each one's first word first."""
    lists = [keywords_of(digest) for digest in post.entries]
    words = [word for nth in zip_longest(*lists, fillvalue="") for word in nth]
    found = {word.casefold(): word for word in reversed([name, *map(harmless, words)])}
    return list(filter(None, reversed(found.values())))[:MAX_KEYWORDS]


def _tags(keywords: Iterable[str]) -> list[str]:
    tags = {tag.casefold(): tag for tag in reversed([*map(_tag, keywords)])}
    return list(reversed(tags.values()))[:MAX_TAGS]


def _tag(name: str) -> str:
    # Hexo makes a folder of a tag's name: one of dots or slashes would leave `tags/`.
    bare = name.replace("/", "-").strip(". -")
    return bare or "topic"


# --------------------------------------------------------------------------------------
# The templates.


@cache
def _templates() -> Environment:
    from jinja2 import Environment, PackageLoader, StrictUndefined

    # Not HTML: `finalize` is the autoescape of this template.
    return Environment(  # noqa: S701
        loader=PackageLoader("chatpaper.posts", "."),
        undefined=StrictUndefined,
        finalize=_safe,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )


def _safe(value: object) -> Markdown:
    return value if isinstance(value, Markdown) else escape(str(value))
