"""From digests to the day's post on disk, and back into the ledger."""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from typing import Literal

from chatpaper.errors import PostError
from chatpaper.posts import (
    merge_digests,
    publish,
    read_post_data,
    render_post,
    stem_of,
)
from chatpaper.records import Digest, Paper, Post, Update
from chatpaper.store import Entry, Store

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Press:
    """Where and how posts are written.

    Attributes:
        root: Folder of the posts; each day has its own below.
        drafts: Where posts go that the gate refuses.
        language, author, category: See `render_post`.
    """

    root: Path
    drafts: Path
    language: Literal["zh", "en"] = "zh"
    author: str = ""
    category: str = "Paper"

    def path(self, topic: str, day: date) -> Path:
        """Where the post of a topic and day is, or will be."""
        return self.root / day.isoformat() / f"{stem_of(topic)}.md"

    def render(
        self,
        topic: str,
        day: date,
        digests: Sequence[Digest],
        updates: Sequence[Update],
        left_out: Sequence[Paper],
    ) -> Post:
        """The day's post, with what earlier runs of the day have put in it.

        Raises:
            PostError: The JSON twin of the day's earlier post cannot be read.
        """
        twin = self.path(topic, day).with_suffix(".json")
        old = Post(topic=topic, day=day, digests=())
        if twin.exists():
            try:
                old = read_post_data(twin.read_text(encoding="utf-8"))
            except (ValueError, OSError) as error:
                advice = "cannot be read; move it and its post away and run again"
                raise PostError(str(twin), advice) from error
        return render_post(
            topic,
            day,
            merge_digests(old.digests, digests),
            updates=[*old.updates, *updates],
            left_out=left_out,
            language=self.language,
            author=self.author,
            category=self.category,
        )

    def write(self, post: Post, images: Mapping[str, Path]) -> Path:
        """Publish a post with new images, and those that it shows already.

        Raises:
            PostError: The gate refuses it; the earlier post stands.
            StoreError: The disk refuses; the earlier post stands.
        """
        path = self.path(post.topic, post.day)
        shown = [picture.file for d in post.digests for picture in d.pictures]
        files = _Files(
            {name: images.get(name, path.parent / post.stem / name) for name in shown}
        )
        return publish(post, path.parent, files, drafts=self.drafts)


@dataclass(frozen=True, slots=True)
class _Files(Mapping[str, bytes]):
    """Files by name, read when asked for."""

    paths: Mapping[str, Path] = field(default_factory=dict)

    def __getitem__(self, name: str) -> bytes:
        return self.paths[name].read_bytes()

    def __iter__(self) -> Iterator[str]:
        return iter(self.paths)

    def __len__(self) -> int:
        return len(self.paths)


def publish_day(
    press: Press,
    store: Store,
    post: Post,
    entries: Sequence[Entry],
    images: Mapping[str, Path],
) -> Path:
    """Write a post and note its papers as posted.

    A kill between the two neither loses nor repeats a paper: see `reconcile`.

    Raises:
        PostError: The gate refuses it; the papers are as they were.
        StoreError: The disk refuses; likewise.
    """
    digest = hashlib.sha256(post.markdown.encode()).hexdigest()
    before = store.entries(post.topic)
    store.begin_post(post.topic, post.day, press.path(post.topic, post.day), digest)
    whole = [entry for entry in entries if entry.state == "posted"]
    store.record(
        post.topic, [replace(e, state="publishing", day=post.day) for e in whole]
    )
    try:
        path = press.write(post, images)
    except BaseException:
        again = [before[e.paper.id] for e in entries if e.paper.id in before]
        store.record(post.topic, again)
        raise
    store.record(post.topic, [replace(entry, day=post.day) for entry in entries])
    return path


def reconcile(topic: str, store: Store) -> None:
    """Settle papers of a run that was killed while it published.

    They were posted if the post on disk is the one that was being written.
    """
    settled = []
    for entry in store.entries(topic, "publishing").values():
        assert entry.day is not None
        begun = store.begun_post(topic, entry.day)
        posted = begun is not None and _holds(*begun)
        log.warning("unsettled paper=%s posted=%s", entry.paper.versioned_id, posted)
        settled.append(
            replace(entry, state="posted")
            if posted
            else replace(entry, state="waiting", day=None)
        )
    store.record(topic, settled)


def _holds(path: Path, sha256: str) -> bool:
    try:
        return hashlib.sha256(path.read_bytes()).hexdigest() == sha256
    except OSError:
        return False
