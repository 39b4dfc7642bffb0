"""The list at the head of a post, as it must be by the records."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from chatpaper.posts.badges import badges_elsewhere, overview_badges
from chatpaper.posts.gate.known import (
    ExpectedSegment,
    KnownClaim,
    addresses_beside,
    link_part,
    shown_title,
    text_part,
)
from chatpaper.posts.gate.rendered import fold_address, one_line, title_of
from chatpaper.posts.gate.rows import ExpectedBlock, dotted, row_of
from chatpaper.posts.naming import entry_anchor
from chatpaper.posts.phrases import Phrases
from chatpaper.posts.twin import Twin
from chatpaper.records import Digest, Paper, Update

_SHORT_LIST = 12  # papers of a list with sentences


def overview_rows(
    twin: Twin, claims: Sequence[Sequence[KnownClaim]], say: Phrases
) -> Iterator[ExpectedBlock]:
    """A line a paper: title, badges, and the sentence that has no mark."""
    is_short = len(twin.digests) + len(twin.updates) <= _SHORT_LIST
    full = [digest for digest in twin.digests if not digest.stands_in]
    for digest, known in zip(full, claims, strict=True):
        words = overview_badges(digest, say, is_short=not is_short)
        badges = (text_part(badge, "code") for badge in words)
        parts = _line_parts(shown_title(digest), _entry_address(digest.paper), badges)
        lead = [k for k in known if k.claim.field == "abstract" and not k.barred]
        if is_short and lead and not any(k.is_marked for k in lead):
            parts.append(text_part(say.colon + " ".join(k.words for k in lead)))
        yield row_of("claims", *parts, inside=("step",))
    updated = text_part(say.updated, "code")
    for update in twin.updates:
        if not update.stands_in:
            address = _entry_address(update.paper)
            parts = _line_parts(title_of(update.paper), address, [updated])
            yield row_of("claims", *parts, inside=("step",))
    for digest in twin.digests:
        if digest.stands_in:
            yield _row_elsewhere(shown_title(digest), digest, say)
    for update in twin.updates:
        if update.stands_in:
            yield _row_elsewhere(title_of(update.paper), update, say)


def _row_elsewhere(title: str, of: Digest | Update, say: Phrases) -> ExpectedBlock:
    """A line that leads to another post of the day."""
    badges = (text_part(badge, "code") for badge in badges_elsewhere(of, say))
    named = text_part(say.elsewhere.format(topic=one_line(of.stands_in)))
    source = link_part(of.paper.versioned_id, of.paper.abs_url)
    (address,) = addresses_beside([of])
    *head, last = _line_parts(title, address, badges, arrow="→")
    parts = [*head, *dotted([last, named, source])]
    return row_of("papers", *parts, inside=("step",))


def _entry_address(paper: Paper) -> str:
    return f"#{entry_anchor(paper.id)}"


def _line_parts(
    title: str, address: str, badges: Iterable[ExpectedSegment], arrow: str = "↓"
) -> list[ExpectedSegment]:
    is_plain = {*"[]"}.isdisjoint(title)
    link = text_part(title if is_plain else arrow, "link")
    head = [] if is_plain else [text_part(title)]
    return [*head, link._replace(address=fold_address(address)), *badges]
