"""What stands of a post: its records, and what somebody changed in it by hand.

The records are those of the JSON twin, or of the store's copy where the twin is gone.
What is not as we wrote it is never replaced: a new post takes the changes over, or is
written beside the old one.
"""

from __future__ import annotations

import hashlib
import logging
from collections import Counter
from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import NamedTuple

from chatpaper.config import Config
from chatpaper.errors import PostError
from chatpaper.posts import (
    BESIDE,
    Edits,
    Key,
    check_edited,
    plain_text,
    read_edits,
    read_post_data,
    render_post,
)
from chatpaper.records import Digest, Post, Update
from chatpaper.store import KeptPost, PostText, Store
from chatpaper.text import file_stem

log = logging.getLogger(__name__)


def post_path(config: Config, topic: str, day: date) -> Path:
    """Where the post of a topic and day is, or will be."""
    return config.output.dir / day.isoformat() / f"{file_stem(topic, 'topic')}.md"


def rendered(post: Post, config: Config) -> Post:
    """A post written anew from its records."""
    return render_post(
        post.topic,
        post.day,
        post.digests,
        updates=post.updates,
        left_out=post.left_out,
        listed=post.listed,
        language=config.output.language,
        author=config.output.author,
        category=config.output.categories,
        title=config.output.title,
    )


class Placed(NamedTuple):
    """What is written of a post, and where.

    Attributes:
        name: Of the file.
        content: All of it.
        why: Why it is not the post's own file; empty when it is.
    """

    name: str
    content: bytes
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """A post as it stands.

    Attributes:
        post: Its records, without what was taken out by hand.
        content: Of the file; empty when there is none.
        is_ours: Whether it may be replaced: nobody has changed it.
        edits: What somebody has changed; None when nothing, or when it is not known.
        why: Why it must stay as it is; empty when it need not.
    """

    post: Post
    content: bytes = b""
    is_ours: bool = True
    edits: Edits | None = None
    why: str = ""

    @property
    def removed(self) -> frozenset[Key]:
        """Entries and updates that were taken out by hand."""
        return self.edits.removed if self.edits else frozenset()

    def takes(self, item: Digest | Update) -> bool:
        """Whether a paper may come in: nobody has taken it out by hand."""
        return {key.name for key in self.removed}.isdisjoint({item.paper.id})

    def place(self, post: Post, pictures: Collection[str]) -> Placed:
        """What is to be written of a new post.

        Args:
            post: As rendered.
            pictures: Present, as paths relative to the post's folder.
        """
        name = f"{post.stem}.md"
        why, merged = self.why, post.markdown
        if self.edits is not None:
            changed = self.edits.merged_into(post)
            why = why or ("both change the same lines" if changed is None else "")
            merged = changed or ""
        if self.content and merged == _text(self.content):
            return Placed(name, self.content, "")
        if not (why or self.is_ours):
            found = check_edited(merged, post.data, pictures, name=name)
            why = next((str(fault) for fault in found if not fault.is_edit), "")
        if why:
            return Placed(f"{name}{BESIDE}", post.markdown.encode(), why)
        return Placed(name, merged.encode(), "")


def standing_post(config: Config, store: Store, topic: str, day: date) -> Standing:
    """The post of a topic and day as it stands.

    Raises:
        PostError: Its JSON twin cannot be read, and the store has no copy.
    """
    path = post_path(config, topic, day)
    kept = store.kept_post(topic, day)
    post = _records(path.with_suffix(".json"), topic, day, kept)
    try:
        content = path.read_bytes() if path.is_file() else b""
        is_locked = bool(content) and not path.stat().st_mode & 0o222
    except OSError as error:
        return _locked(post, b"", f"it cannot be read: {error.strerror or error}")
    text = _text(content)
    if text is not None and not text.strip():
        return Standing(post=post)
    why = "it is read-only" if is_locked else ""
    if text is None:
        return _locked(post, content, "it is not UTF-8")
    bases = list(_bases(config, post, content, text, kept))
    if any(base.markdown == text for base in bases):
        return Standing(post=post, content=content, why=why)
    if not bases:
        return _locked(post, content, "what was written there is not kept")
    base = max(bases, key=lambda base: _likeness(base.markdown, text))
    edits = read_edits(base.markdown, read_post_data(base.twin), text)
    if edits is None:
        return _locked(post, content, "the papers' entries are not found in it")
    bare = Standing(post=post, edits=edits)
    left = replace(
        post,
        digests=tuple(filter(bare.takes, post.digests)),
        updates=tuple(filter(bare.takes, post.updates)),
    )
    return Standing(post=left, content=content, is_ours=False, edits=edits, why=why)


def _locked(post: Post, content: bytes, why: str) -> Standing:
    return Standing(post=post, content=content, is_ours=False, why=why)


def _text(content: bytes) -> str | None:
    try:
        return plain_text(content)
    except UnicodeDecodeError:
        return None


def _records(twin: Path, topic: str, day: date, kept: KeptPost | None) -> Post:
    """Of the twin on the disk; of the store's copy where that is gone or spoilt."""
    try:
        post = read_post_data(twin.read_text(encoding="utf-8"))
        if post.day == day:
            return replace(post, topic=topic)
    except FileNotFoundError:
        pass
    except (ValueError, OSError) as error:
        if kept is None or kept.newest is None:
            advice = "cannot be read; move it and its post away and run again"
            raise PostError(str(twin), advice) from error
        log.warning("the store's copy is used twin=%s: %s", twin, type(error).__name__)
    if kept is None or kept.newest is None:
        return Post(topic=topic, day=day, digests=())
    return replace(read_post_data(kept.newest.twin), topic=topic)


def _bases(
    config: Config, post: Post, content: bytes, text: str, kept: KeptPost | None
) -> Iterator[PostText]:
    """What the file may have been made from."""
    if kept is not None and kept.written is not None:
        yield kept.written
        if kept.beside is not None:
            yield kept.beside
    elif kept is not None and kept.beside is not None:
        # A paper that only it has would count as taken out of an older file.
        if kept.beside.markdown == text:
            yield kept.beside
    elif kept is not None and kept.sha256 == hashlib.sha256(content).hexdigest():
        yield PostText(text, post.data)
    elif post.data:
        again = rendered(post, config)
        sha256 = hashlib.sha256(again.markdown.encode()).hexdigest()
        if again.markdown == text or (kept is not None and kept.sha256 == sha256):
            yield PostText(again.markdown, again.data)


def _likeness(one: str, other: str) -> float:
    """How many lines two texts share, from 0 to 1."""
    lines, others = Counter(one.split("\n")), Counter(other.split("\n"))
    return 2 * (lines & others).total() / (lines.total() + others.total())
