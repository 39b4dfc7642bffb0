"""The same period counted a second time, for the gate: shorter, and without the writer.

What it shares with the writer is what a day's gate shares with its writer: the fixed
words, badges, anchors, and how names are told from other words.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import date

from chatpaper.periods.saying import key_of, telling_names
from chatpaper.posts import Phrases, gate, overview_badges
from chatpaper.records import TRANSLATION, Digest, Paper, Post, Relevance
from chatpaper.text import file_stem, says_withdrawn


@dataclass(frozen=True, slots=True, kw_only=True)
class Paperwork:
    """What the gate knows of a paper's newest entry.

    Attributes:
        paper: Without its abstract.
        day, stem: Of the post that has it in full.
        title: In the post's language, or the paper's own.
        is_translated: Whether that is not the paper's own.
        badges: As in the day's post.
        is_gone, was_gone: Whether the paper was withdrawn, and when it was posted.
        whole: Whether it has a statement for readers.
        lead: Its statements about the whole paper, as they must stand.
        solid: Words of each statement that counts, by anchor.
        names: Keys of the names in each of these, by anchor.
        keywords: Its keywords in small letters.
        relevance: To the reader's interests.
    """

    paper: Paper
    day: date
    stem: str
    title: str
    is_translated: bool
    badges: tuple[str, ...]
    is_gone: bool
    was_gone: bool
    whole: bool
    lead: tuple[gate.ExpectedClaim, ...]
    solid: dict[str, str]
    names: dict[str, set[str]]
    keywords: frozenset[str]
    relevance: Relevance | None

    @property
    def says(self) -> set[str]:
        """Keys of all names that count."""
        return set().union(*self.names.values()) if self.names else set()


@dataclass(slots=True)
class Recount:
    """What stands in the posts of a period.

    Attributes:
        papers: By id.
        made_of: Short hashes of the twins by day.
        listed: Papers that are named by their titles alone.
        updates: Of each new version the day, what is told, and whether it withdraws.
    """

    papers: dict[str, Paperwork] = field(default_factory=dict)
    made_of: dict[date, str] = field(default_factory=dict)
    listed: set[str] = field(default_factory=set)
    updates: dict[str, tuple[date, str, bool]] = field(default_factory=dict)

    @property
    def days(self) -> list[date]:
        """Those with a post."""
        return list(self.made_of)

    @property
    def counted(self) -> int:
        """How many papers have statements that count."""
        return sum(bool(each.solid) for each in self.papers.values())


def recount(posts: Iterable[Post], topic: str, say: Phrases) -> Recount:
    """Read the posts of one topic's period."""
    found = Recount()
    for post in posts:
        sha256 = hashlib.sha256(post.data.encode()).hexdigest()
        found.made_of[post.day] = sha256[:32]
        found.listed.update(p.id for p in (*post.listed, *post.left_out))
        for digest in post.digests:
            new = _paperwork(digest, post.day, topic, say)
            old = found.papers.get(digest.paper.id)
            if old is None or _age(new) >= _age(old):
                found.papers[digest.paper.id] = new
        for update in post.updates:
            words = f"v{update.previous.version} → v{update.paper.version}"
            gone = says_withdrawn(update.paper.comment or "", update.paper.abstract)
            found.updates[update.paper.id] = (post.day, words, gone)
    return found


def _age(paper: Paperwork) -> tuple[bool, int, date]:
    return paper.whole, paper.paper.version, paper.day


def _paperwork(digest: Digest, day: date, topic: str, say: Phrases) -> Paperwork:
    known = [claim for claim in gate.known_claims(digest) if not claim.barred]
    solid = {
        claim.anchor: claim.words
        for claim in known
        if claim.check.verdict == "supported"
        and not claim.is_marked
        and claim.claim.field != TRANSLATION
    }
    gone = says_withdrawn(digest.paper.comment or "", digest.paper.abstract)
    keywords = digest.summary.keywords if digest.summary else ()
    return Paperwork(
        paper=replace(digest.paper, abstract=""),
        day=day,
        stem=file_stem(digest.stands_in or topic, "topic"),
        title=gate.shown_title(digest),
        is_translated=bool(
            digest.summary and gate.unleaked(digest.summary.title, digest)
        ),
        badges=overview_badges(digest, say, is_short=False),
        is_gone=gone or digest.withdrawn_on is not None,
        was_gone=gone,
        whole=bool(known),
        lead=tuple(
            gate.shown_claim(claim, digest.paper, say)
            for claim in known
            if claim.claim.field == "abstract"
        ),
        solid=solid,
        names={
            anchor: {key_of(name) for name in telling_names(words)}
            for anchor, words in solid.items()
        },
        keywords=frozenset(gate.unleaked(word, digest).casefold() for word in keywords),
        relevance=digest.relevance,
    )
