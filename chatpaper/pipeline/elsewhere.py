"""Papers that another topic's post of the same day has in full.

Whichever post stands first has a paper's entry; the others have a line that leads to
it. What they know of the paper stays in their twins, so that each can show it in full
once that entry is gone: a post that was deleted, an entry that was taken out.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from chatpaper.config import Config
from chatpaper.pipeline.day_post import post_path
from chatpaper.posts import anchor_line, is_summarized, plain_text, read_post_data
from chatpaper.records import Digest, Post, Update
from chatpaper.text import file_stem

LINE = '"stands_in"'  # in the twin of a post that has one


@dataclass(frozen=True, slots=True, kw_only=True)
class _Neighbour:
    """Another topic's post of the day, and what its file has in full, by paper."""

    topic: str
    entries: dict[str, Digest]
    updates: dict[str, Update]


def placed(post: Post, config: Config, *, standing: Post) -> Post:
    """A post with lines for those papers that another one of the day has in full.

    Args:
        post: Its records.
        config: Says where posts are, and in which order topics come.
        standing: As it was; what stands there in full, with a summary or a change,
            stays there.
    """
    kept = {d.paper.id for d in standing.entries if is_summarized(d)}
    told = {update.paper.id for update in standing.new_versions}
    digests = {d.paper.id for d in post.digests if is_summarized(d)} - kept
    updates = {update.paper.id for update in post.updates} - told
    beside = list(_neighbours(config, post.topic, post.day, digests | updates))

    def place(digest: Digest) -> Digest:
        at = _first(beside, lambda n: _serves(n.entries, digest))
        return replace(digest, stands_in=at if digest.paper.id in digests else "")

    def place_update(update: Update) -> Update:
        at = _first(beside, lambda n: _tells(n.updates, update))
        return replace(update, stands_in=at if update.paper.id in updates else "")

    return replace(
        post,
        digests=tuple(map(place, post.digests)),
        updates=tuple(map(place_update, post.updates)),
    )


def _first(beside: Sequence[_Neighbour], serves: Callable[[_Neighbour], bool]) -> str:
    return next((neighbour.topic for neighbour in beside if serves(neighbour)), "")


def _serves(entries: Mapping[str, Digest], digest: Digest) -> bool:
    """Whether an entry of these is as good as this one."""
    there = entries.get(digest.paper.id)
    if there is None or there.paper.version < digest.paper.version:
        return False
    # A model's summary is not put aside for sentences that rules have chosen.
    return _by_rule(digest) or not _by_rule(there)


def _by_rule(digest: Digest) -> bool:
    return digest.provenance is None or digest.provenance.provider == "extractive"


def _tells(updates: Mapping[str, Update], update: Update) -> bool:
    """Whether one of these tells the same change."""
    there = updates.get(update.paper.id)
    return there is not None and (there.paper, there.previous.version) == (
        update.paper,
        update.previous.version,
    )


def _neighbours(
    config: Config, topic: str, day: date, about: Collection[str]
) -> Iterator[_Neighbour]:
    """The other posts of a day with one of these papers, in the order of the topics."""
    found = []
    for text, markdown in _files_beside(config, topic, day):
        if any(paper_id in text for paper_id in about):
            post = _read(text, day)
            if post is None:
                continue
            # Somebody may have taken one out, or it stands in a file beside.
            shown = {name for name in about if anchor_line(name) in markdown}
            entries = {
                digest.paper.id: digest
                for digest in post.entries
                if digest.paper.id in shown and is_summarized(digest)
            }
            updates = {
                update.paper.id: update
                for update in post.new_versions
                if update.paper.id in shown
            }
            found.append(_Neighbour(topic=post.topic, entries=entries, updates=updates))
    order = [entry.name.casefold() for entry in config.topics]

    def rank(neighbour: _Neighbour) -> tuple[int, str]:
        name = neighbour.topic.casefold()
        return order.index(name) if name in order else len(order), name

    yield from sorted(found, key=rank)


def _files_beside(config: Config, topic: str, day: date) -> Iterator[tuple[str, str]]:
    """Twin and Markdown of the other posts of a day that are on the disk."""
    own = post_path(config, topic, day)
    for twin in sorted(own.parent.glob("*.json")):
        if twin.stem == own.stem:
            continue
        try:
            markdown = plain_text(twin.with_suffix(".md").read_bytes())
            yield twin.read_text(encoding="utf-8"), markdown
        except (OSError, UnicodeDecodeError):
            continue


def moved_lines(config: Config, day: date) -> dict[str, tuple[str, ...]]:
    """Papers whose lines lead to entries that are not there, by the lines' topics."""
    moved = {}
    for text, _ in _files_beside(config, "", day):
        if LINE in text and (post := _read(text, day)):
            now = placed(post, config, standing=post)
            there = {line.paper.versioned_id: line.stands_in for line in now.lines}
            moved[post.topic] = tuple(
                line.paper.versioned_id
                for line in post.lines
                if there.get(line.paper.versioned_id) != line.stands_in
            )
    return {topic: papers for topic, papers in moved.items() if papers}


def _read(text: str, day: date) -> Post | None:
    try:
        post = read_post_data(text)
    except ValueError:
        return None  # the run that writes to it says so
    # What was renamed is not where a line would lead.
    return post if (post.day, post.stem) == (day, _stem(post.topic)) else None


def _stem(topic: str) -> str:
    return file_stem(topic, "topic")


def words_elsewhere(post: Post) -> str:
    """How many papers of a post stand in others; empty when none does."""
    topics = dict.fromkeys(line.stands_in for line in post.lines)
    n = len(post.lines)
    return f"{n} stand in the post on {', '.join(topics)}" if n else ""
