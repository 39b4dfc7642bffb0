"""A good post, and ways to spoil it."""

from __future__ import annotations

import functools
import re
from collections.abc import Callable
from dataclasses import replace

from chatpaper.posts import render_post
from chatpaper.records import Digest, Post
from rich_digests import (
    DAY,
    calm_gan,
    failed,
    hostile,
    new_version,
    paper,
    plain_sentences,
)

ALL = (calm_gan(), plain_sentences(), failed(), hostile())
Change = Callable[[str], str]


@functools.cache
def post_of(*digests: Digest) -> Post:
    """A post of some digests, all kinds by default, with an update and one left out."""
    return render_post(
        "GAN",
        DAY,
        digests or ALL,
        updates=[new_version()],
        left_out=[paper(8, "Late")],
    )


def swap(old: str, new: str) -> Change:
    """A fault: other words in place of the first such ones."""

    def change(text: str) -> str:
        assert old in text, old
        return text.replace(old, new, 1)

    return change


def _entry(text: str, title: str) -> str:
    start = text.rindex("<a id", 0, text.index(f"### {title}"))
    end = re.compile(r"^(?:<a id=\S+</a>$|## )", re.MULTILINE).search(text, start + 3)
    return text[start : end.start() if end else len(text)]


def without_entry(text: str, title: str) -> str:
    """The post without a paper."""
    return text.replace(_entry(text, title), "")


def entry_twice(text: str, title: str) -> str:
    """The post with a paper twice."""
    return text.replace(_entry(text, title), _entry(text, title) * 2)


# ---------------------------------------------------------------- a broken writer


def written_by(broken: Callable[[Digest], Digest]) -> tuple[str, str]:
    """Markdown of a writer that changes one paper's records on their way, and its twin.

    As one would whose cleaning, marking or counting is wrong: the fault is all over
    the Markdown, and the twin holds the truth.
    """
    true = calm_gan()
    spoilt = broken(true)
    assert spoilt != true
    return post_of(spoilt, *ALL[1:]).markdown, post_of().data


def with_paper(**changes: object) -> Callable[[Digest], Digest]:
    """A fault in what arXiv says of a paper."""

    def broken(digest: Digest) -> Digest:
        return replace(digest, paper=replace(digest.paper, **changes))  # type: ignore[arg-type]

    return broken


def with_digest(**changes: object) -> Callable[[Digest], Digest]:
    """A fault in what is known of a paper beside its claims."""
    return lambda digest: replace(digest, **changes)  # type: ignore[arg-type]


def with_claim(number: int, **changes: object) -> Callable[[Digest], Digest]:
    """A fault in one claim."""

    def broken(digest: Digest) -> Digest:
        assert digest.summary is not None
        claims = list(digest.summary.claims)
        claims[number] = replace(claims[number], **changes)  # type: ignore[arg-type]
        return replace(digest, summary=replace(digest.summary, claims=tuple(claims)))

    return broken


def with_check(number: int, **changes: object) -> Callable[[Digest], Digest]:
    """A fault in what was found out about one claim."""

    def broken(digest: Digest) -> Digest:
        checks = list(digest.checks)
        checks[number] = replace(checks[number], **changes)  # type: ignore[arg-type]
        return replace(digest, checks=tuple(checks))

    return broken


def with_summary(**changes: object) -> Callable[[Digest], Digest]:
    """A fault in the rest of a summary."""

    def broken(digest: Digest) -> Digest:
        assert digest.summary is not None
        return replace(digest, summary=replace(digest.summary, **changes))  # type: ignore[arg-type]

    return broken
