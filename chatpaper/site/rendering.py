"""Posts and papers into what the templates show."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from markupsafe import Markup

from chatpaper.citations import meta_tags, to_bibtex, to_coins
from chatpaper.fragments import (
    entry_html,
    entry_of,
    html_of,
    update_html,
    update_of,
)
from chatpaper.posts import (
    Phrases,
    clean,
    notice_of,
    safe_url,
    title_of,
    translated_title,
)
from chatpaper.records import Digest, Paper, Post, Update
from chatpaper.site.catalogue import PostRows, Row, Seen
from chatpaper.text import file_stem

if TYPE_CHECKING:
    from jinja2 import Environment

Shown = dict[str, Any]  # what a template is given
ReadPost = Callable[[str], Any]


@dataclass(frozen=True)
class Templates:
    """The templates, with what all pages share.

    Attributes:
        shared: For every page.
        base_url: Of the site; empty when nobody said it.
    """

    shared: Mapping[str, object]
    base_url: str

    @cached_property
    def _environment(self) -> Environment:
        from jinja2 import Environment, PackageLoader, StrictUndefined

        return Environment(
            loader=PackageLoader("chatpaper.site"),
            undefined=StrictUndefined,
            autoescape=True,
            trim_blocks=True,
            lstrip_blocks=True,
        )

    def page(self, path: str, name: str, shown: Shown) -> str:
        """A page's HTML."""
        template = self._environment.get_template(f"{name}.html.j2")
        text = template.render(
            **self.shared,
            **shown,
            path=path,
            root="../" * path.count("/"),
            canonical=self.base_url and f"{self.base_url}{path}",
        )
        lines = (line.rstrip() for line in text.splitlines())
        return "\n".join(filter(None, lines)) + "\n"


# --------------------------------------------------------------------------------------
# A paper's page.


def shown_paper(
    seen: Sequence[Seen],
    best: Row,
    pictures: frozenset[str],
    read: ReadPost,
    words: Phrases,
) -> Shown:
    """What its page shows, but for its authors.

    Args:
        seen: Where it was posted, oldest first.
        best: The entry that is shown.
        pictures: Files that there are.
        read: Reads the post of a twin.
        words: The fixed words.
    """
    digest = _digest_of(seen, best, read)
    paper = digest.paper
    entry = entry_of(
        digest,
        words,
        lambda p: f"../figures/{best.stem}/{p.file}" if p.file in pictures else None,
    )
    told = {
        (update.previous.version, update.paper.version): (s.post.day, update)
        for s in seen
        for update in _updates_of(s, read)
    }
    versions = [
        (day, update_html(update_of(update, words), words))
        for day, update in reversed(told.values())
    ]
    return {
        "title": entry.plain_translated or entry.plain_title,
        "entry": entry,
        "body": entry_html(
            entry, words, head="none", anchors=True, level=2, is_open=True
        ),
        "tags": meta_tags(paper),
        "coins": to_coins(paper),
        "bibtex": to_bibtex([paper]),
        "versions": versions,
        "posted": [(s.post.day, clean(s.post.topic), s.post.stem) for s in seen],
    }


def _digest_of(seen: Sequence[Seen], best: Row, read: ReadPost) -> Digest:
    for place in reversed(seen):
        if place.row == best:
            post: Post = read(place.post.path)
            for digest in post.digests:
                if digest.paper.id == best.id:
                    return digest
    # Only a new version of it was ever posted here.
    update = _updates_of(seen[-1], read)[-1]
    return Digest(paper=update.paper)


def _updates_of(seen: Seen, read: ReadPost) -> list[Update]:
    post: Post = read(seen.post.path)
    return [u for u in post.updates if u.paper.id == seen.row.id and seen.row.is_update]


# --------------------------------------------------------------------------------------
# A day's page.


def shown_day(posts: Iterable[PostRows], read: ReadPost, words: Phrases) -> list[Shown]:
    """What it shows of each topic."""
    return [_group(post.stem, read(post.path), words) for post in posts]


def _group(stem: str, post: Post, words: Phrases) -> Shown:
    return {
        "topic": clean(post.topic),
        "stem": stem,
        "notice": notice_of(post, words),
        "entries": [
            (file_stem(d.paper.id, "paper"), entry_of(d, words), by_whom(d))
            for d in post.entries
        ],
        "elsewhere": [_elsewhere(of, words) for of in post.lines],
        "updates": [_update(update, words) for update in post.new_versions],
        "by_title": [
            (phrase.format(n=len(papers)), [_titled(paper) for paper in papers])
            for phrase, papers in (
                (words.left_out, post.left_out),
                (words.listed, post.listed),
            )
            if papers
        ],
    }


def _elsewhere(of: Digest | Update, words: Phrases) -> tuple[str, Markup, bool, str]:
    """A paper, or a new version, that another topic of the day has in full."""
    is_update = isinstance(of, Update)
    translated = "" if isinstance(of, Update) else translated_title(of)
    title = html_of(translated or title_of(of.paper))
    topic = words.elsewhere.format(topic=clean(of.stands_in))
    topic = f"{words.updated} · {topic}" if is_update else topic
    return file_stem(of.paper.id, "paper"), title, bool(translated), topic


def by_whom(digest: Digest) -> list[str]:
    """The first author and their institution, as far as they are known."""
    names = [name for name in map(clean, digest.paper.authors) if name]
    first = names[0] + (" et al." if len(names) > 1 else "") if names else ""
    place = clean(digest.affiliation.text) if digest.affiliation else ""
    return [words for words in (first, place) if words]


def _update(update: Update, words: Phrases) -> tuple[str, object, object]:
    shown = update_of(update, words)
    stem = file_stem(update.paper.id, "paper")
    return stem, shown, update_html(shown, words, is_open=False)


def _titled(paper: Paper) -> tuple[Markup, str | None]:
    return html_of(title_of(paper)), safe_url(paper.abs_url)
