"""A good post, and ways to spoil it."""

from __future__ import annotations

import functools
import re
from collections.abc import Callable

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
    start = text.index(f"## {title}")
    end = re.compile(r"^##? ", re.MULTILINE).search(text, start + 3)
    return text[start : end.start() if end else len(text)]


def without_entry(text: str, title: str) -> str:
    """The post without a paper."""
    return text.replace(_entry(text, title), "")


def entry_twice(text: str, title: str) -> str:
    """The post with a paper twice."""
    return text.replace(_entry(text, title), _entry(text, title) * 2)
