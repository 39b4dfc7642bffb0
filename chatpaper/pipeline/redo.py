"""A posted paper summarised anew; what stood there before is kept, and it is said."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path

from chatpaper.config import Config
from chatpaper.errors import PostError
from chatpaper.outputs import check_formats, posts_in, write_outputs
from chatpaper.pipeline.asking import choose_provider
from chatpaper.pipeline.assembly import Tools, open_tools
from chatpaper.pipeline.controls import Controls
from chatpaper.pipeline.day_post import rendered, standing_post
from chatpaper.pipeline.digest import digest_paper, fetch_paper
from chatpaper.pipeline.drafts import SummaryWriter
from chatpaper.pipeline.elsewhere import placed
from chatpaper.pipeline.folders import lock_store, refuse_unwritable
from chatpaper.pipeline.outcomes import DigestResult
from chatpaper.pipeline.publish import image_folder, publish_day, reconcile
from chatpaper.posts import read_post_data
from chatpaper.records import Correction, Digest, Paper
from chatpaper.sources import parse_id

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Redone:
    """What came of a paper in one post.

    Attributes:
        topic, day: Of the post.
        paper_id: Versioned id.
        text: What was done, or why nothing was, in English.
        post: Path of the post; None when it stays as it was.
    """

    topic: str
    day: date
    paper_id: str
    text: str
    post: Path | None = None


def redo_papers(
    config: Config,
    names: Sequence[str],
    *,
    topic: str = "",
    source: str = "arxiv",
    controls: Controls | None = None,
) -> tuple[list[Redone], list[str]]:
    """Summarise papers anew where they are posted.

    A paper whose new summary fails keeps the one it has.

    Args:
        config: Says who writes; the model may be another one than before.
        names: Ids, with or without a version.
        topic: Only posts on this one; by default those of every topic.
        source: Where PDFs are that are not in the cache.
        controls: Key, clock and stop.

    Returns:
        What came of each paper and post, and the names that no post has.

    Raises:
        ConfigError: No key for the model, no such source or format.
        StoreError: The store or the disk refuses, or another run holds the store.
    """
    controls = controls or Controls()
    check_formats(config.output)
    refuse_unwritable(config)
    places = _places(config, topic)
    unknown = [name for name in names if _base(name) not in places]
    done: list[Redone] = []
    with (
        lock_store(config, controls),
        open_tools(config, source, controls, by_batch=False) as tools,
    ):
        by_rule = not isinstance(tools.writer, SummaryWriter)
        if by_rule and config.llm.provider == "auto":
            # The same line as wherever a model is needed: it names the variable.
            need = "a summary would be replaced by sentences without a model"
            choose_provider(config.llm, None, need=need)
        work = _Work(config, tools)
        for base in dict.fromkeys(map(_base, names)):
            for name, day in places.get(base, ()):
                reconcile(config, name, tools.store)
                done.append(work.redo(base, name, day))
    if any(one.post for one in done) and (failed := write_outputs(config.output)):
        told = f"; failed to write: {', '.join(failed)}"
        done = [replace(one, text=one.text + told) for one in done]
    return done, unknown


def _base(name: str) -> str:
    found = parse_id(name)
    return found.base if found else name


def _places(config: Config, topic: str) -> dict[str, list[tuple[str, date]]]:
    """Topic and day of the newest post of each topic with an entry, by paper."""
    days: dict[tuple[str, str], tuple[date, str]] = {}
    # Also entries that were taken out by hand: to be named as such.
    for twin in posts_in(config.output.dir).twins():
        try:
            post = read_post_data(twin.read_text(encoding="utf-8"))
        except (OSError, ValueError):
            log.warning("not the twin of a post: %s", twin)
            continue
        for digest in post.digests:
            # A line is as good as the entry that it leads to.
            days[digest.paper.id, post.topic] = post.day, digest.stands_in or post.topic
    wanted = {
        (paper_id, *place)
        for (paper_id, name), place in days.items()
        if not topic or name.casefold() == topic.casefold()
    }
    places: dict[str, list[tuple[str, date]]] = {}
    for (paper_id, name), place in days.items():
        if (paper_id, *place) in wanted:
            places.setdefault(paper_id, []).append((name, place[0]))
    return places


@dataclass(frozen=True, slots=True)
class _Work:
    """What the papers are made anew with.

    Attributes:
        asked: Versioned ids of those that a model was asked about: two topics may
            have posted the same paper, which is paid for once.
    """

    config: Config
    tools: Tools
    asked: set[str] = field(default_factory=set)

    def redo(self, paper_id: str, topic: str, day: date) -> Redone:
        """Summarise a paper anew and write its post again."""
        config, tools = self.config, self.tools
        none = Redone(topic=topic, day=day, paper_id=paper_id, text="")
        try:
            standing = standing_post(config, tools.store, topic, day)
            found = [d for d in standing.post.digests if d.paper.id == paper_id]
            if not found:
                return replace(none, text="was taken out of its post by hand")
            (old,) = found
            none = replace(none, paper_id=old.paper.versioned_id)
            with image_folder(tools.store, f"redo {topic}") as folder:
                result = self._result(old.paper, folder)
                if why := _why_not(result):
                    return replace(none, text=f"keeps its summary: {why}")
                new = self._corrected(old, result.digest)
                if new.summary == old.summary and new.checks == old.checks:
                    return replace(none, text="the new summary is the old one")
                digests = [new if d is old else d for d in standing.post.digests]
                post = replace(standing.post, digests=tuple(digests))
                post = rendered(placed(post, config, standing=standing.post), config)
                images = _only(result.images, new)
                published = publish_day(config, tools.store, post, images=images)
        except PostError as error:
            reason = " ".join(str(error).split())
            return replace(none, text=f"keeps its summary: {reason}")
        text = "; ".join(["summarised anew", *published.said])
        return replace(none, text=text, post=published.path)

    def _result(self, paper: Paper, folder: Path) -> DigestResult:
        """The paper's new entry; replies that were paid for are put by meanwhile."""
        paper_id, store = paper.versioned_id, self.tools.store
        before = {} if paper_id in self.asked else store.replies_about([paper_id])
        if before:
            store.forget_replies(paper_id)
        self.asked.add(paper_id)
        pdf = fetch_paper(paper, self.tools)
        if isinstance(pdf, Path):
            result = digest_paper(paper, pdf, folder, self.config, self.tools)
        else:
            result = pdf
        if _why_not(result):
            now = store.replies_about([paper_id])
            for key, reply in before.items():
                if key not in now:
                    store.keep_reply(key, reply)
        return result

    def _corrected(self, old: Digest, new: Digest) -> Digest:
        """The new entry, with the summary that it takes the place of."""
        corrections = old.corrections
        if old.summary is not None:
            today = self.tools.controls.now().astimezone(self.config.output.tz).date()
            before = Correction(
                on=today,
                summary=old.summary,
                checks=old.checks,
                provenance=old.provenance,
            )
            corrections = (*corrections, before)
        return replace(
            new,
            paper=old.paper,
            corrections=corrections,
            relevance=old.relevance,
            stands_in=old.stands_in,
            withdrawn_on=old.withdrawn_on,
        )


def _why_not(result: DigestResult) -> str:
    """Why a new entry is of no use; empty when it is."""
    if result.waits is not None:
        return result.waits.text
    if result.digest.failure is not None:
        return result.digest.failure.reason
    return "" if result.digest.summary else "there is no new one"


def _only(images: Mapping[str, Path], digest: Digest) -> dict[str, Path]:
    shown = {picture.file for picture in digest.pictures}
    return {name: path for name, path in images.items() if name in shown}
