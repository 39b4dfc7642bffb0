"""The list at the head of a post, as it must be by the records."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from chatpaper.posts.badges import badges_of
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
from chatpaper.records import Paper

_SHORT_LIST = 12  # papers of a list with sentences


def overview_rows(
    twin: Twin, claims: Sequence[Sequence[KnownClaim]], say: Phrases
) -> Iterator[ExpectedBlock]:
    """A line a paper: title, badges, and the sentence that has no mark."""
    is_short = len(twin.digests) + len(twin.updates) <= _SHORT_LIST
    full = [digest for digest in twin.digests if not digest.stands_in]
    for digest, known in zip(full, claims, strict=True):
        words = badges_of(digest, say, is_short=not is_short)
        badges = (text_part(badge, "code") for badge in words)
        parts = _line_parts(shown_title(digest), _entry_address(digest.paper), badges)
        lead = [k for k in known if k.claim.field == "abstract" and not k.barred]
        if is_short and lead and not any(k.is_marked for k in lead):
            parts.append(text_part(say.colon + " ".join(k.words for k in lead)))
        yield row_of("claims", *parts, inside=("step",))
    for update in twin.updates:
        address, badge = _entry_address(update.paper), text_part(say.updated, "code")
        parts = _line_parts(title_of(update.paper), address, [badge])
        yield row_of("claims", *parts, inside=("step",))
    for digest in twin.digests:
        if topic := digest.stands_in:
            named = text_part(say.elsewhere.format(topic=one_line(topic)))
            source = link_part(digest.paper.versioned_id, digest.paper.abs_url)
            address = next(iter(addresses_beside([digest])))
            title = shown_title(digest)
            parts = _line_parts(title, address, [named, source], arrow="→")
            yield row_of("papers", *parts, inside=("step",))


def _entry_address(paper: Paper) -> str:
    return f"#{entry_anchor(paper.id)}"


def _line_parts(
    title: str, address: str, rest: Iterable[ExpectedSegment], arrow: str = "↓"
) -> list[ExpectedSegment]:
    is_plain = {*"[]"}.isdisjoint(title)
    link = text_part(title if is_plain else arrow, "link")
    head = [] if is_plain else [text_part(title)]
    return [*head, *dotted([link._replace(address=fold_address(address)), *rest])]
