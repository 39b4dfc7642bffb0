"""A post held against what its records let a reader find."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher
from itertools import pairwise
from typing import NamedTuple

from chatpaper.posts.gate.changes import tells
from chatpaper.posts.gate.expected import sections_of
from chatpaper.posts.gate.known import ExpectedClaim, ExpectedSegment, made_of
from chatpaper.posts.gate.markup import Fault
from chatpaper.posts.gate.rendered import (
    Block,
    Page,
    Segment,
    fold,
    fold_address,
    fold_attribute,
)
from chatpaper.posts.gate.rows import ExpectedBlock, ExpectedSection
from chatpaper.posts.phrases import Phrases, phrases_in
from chatpaper.posts.twin import Twin
from chatpaper.text import find_leaks

_FALLEN = re.compile(r"(?m)^\s*(?:[-*+•·]\s|\d{1,2}[.、．)）]\s|[（(]\d{1,2}[)）])")
_SHOWN_CHARS = 40  # of a text in a message


def content_faults(page: Page, twin: Twin) -> Iterator[Fault]:
    """Everything that a post does not show as its twin has it, or shows beside it."""
    say = phrases_in(twin.language)
    yield from section_faults(page, sections_of(twin, say), say)


def section_faults(
    page: Page, wanted: Sequence[ExpectedSection], say: Phrases
) -> Iterator[Fault]:
    """Everything that a page does not show of some sections, or shows beside them."""
    labels = {fold(say.fields[name]) for name in say.fields}
    context = _Context(
        labels={*labels, fold(say.more_points), fold(say.keywords), fold(say.quotes)},
        anchors={c.anchor for s in wanted for row in s.rows for c in row.claims},
        pages=[p for s in wanted for r in s.rows for c in r.claims for p in c.parts],
    )
    papers = Counter(section.paper for section in wanted if section.paper)
    for paper, times in papers.items():
        if times > 1:
            text = f"{paper.rpartition('v')[0]} is posted twice"
            yield Fault(page.first_line, "papers", text, paper)
    for found, section in _paired(_split(page), wanted):
        if found is None and section is not None:
            text = f"no heading {section.title[:_SHOWN_CHARS]!r}"
            yield Fault(page.first_line, "papers", text, section.paper)
        elif found is not None:
            yield from _section_faults(found, section, context)
    yield from _anchor_faults(page)


class _Context(NamedTuple):
    """What a block that is not expected is looked through for."""

    labels: set[str]
    anchors: set[str]
    pages: list[ExpectedSegment]


# --------------------------------------------------------------------------------------
# Sections of the post beside those that are expected.


def _split(page: Page) -> list[list[Block]]:
    """The blocks before the first heading, and each heading with those below it."""
    starts = [i for i, block in enumerate(page.blocks) if block.level]
    ends = pairwise([0, *starts, len(page.blocks)])
    return [list(page.blocks[start:end]) for start, end in ends]


def _paired(
    found: Sequence[list[Block]], wanted: Sequence[ExpectedSection]
) -> Iterator[tuple[list[Block] | None, ExpectedSection | None]]:
    """Sections that belong together by their headings, None beside the others."""
    ours = [_heading(blocks) for blocks in found]
    theirs = [(section.level, section.title) for section in wanted]
    matcher = SequenceMatcher(None, ours, theirs, autojunk=False)
    for _, f_from, f_to, w_from, w_to in matcher.get_opcodes():
        if f_to - f_from == w_to - w_from:  # the same, or other words in a heading
            yield from zip(found[f_from:f_to], wanted[w_from:w_to], strict=True)
        else:
            yield from ((blocks, None) for blocks in found[f_from:f_to])
            yield from ((None, section) for section in wanted[w_from:w_to])


def _heading(blocks: Sequence[Block]) -> tuple[int, str]:
    if not blocks or not blocks[0].level:
        return 0, ""
    return blocks[0].level, fold(blocks[0].text)


def owners_of(page: Page, twin: Twin) -> list[tuple[int, str]]:
    """From which line on a post is about which paper, by its versioned id."""
    wanted = sections_of(twin, phrases_in(twin.language))
    return [
        # An entry's anchor stands two lines above its heading.
        (found[0].line - 2, section.paper) if section else (found[0].line, "")
        for found, section in _paired(_split(page), wanted)
        if found
    ]


def _section_faults(
    blocks: Sequence[Block], section: ExpectedSection | None, context: _Context
) -> Iterator[Fault]:
    paper = section.paper if section else ""
    line = blocks[0].line if blocks else 1
    if blocks and blocks[0].level:
        heading, *blocks = blocks
        words = repr(heading.text[:_SHOWN_CHARS])
        if section is None:
            yield Fault(line, "papers", f"a heading of no paper: {words}")
        elif fold(heading.text) != section.title:
            yield Fault(line, "papers", f"the title is not arXiv's: {words}", paper)
        if any(segment.kind != "text" for segment in heading.segments):
            yield Fault(line, "papers", f"more than words in {words}", paper)
    rows = section.rows if section else ()
    if len(rows) == len(blocks) and all(map(_fits, rows, blocks)):
        return
    for row, block in _mismatched(rows, blocks):
        if row is not None:
            rule, text = _fault(row, block) or (row.rule, "")
            where = block.line if block else line
            yield Fault(where, rule, text, paper)
        if block is not None:
            barred = section.barred if section else ()
            for rule, text in _foreign(
                block, barred, context, is_known=row is not None
            ):
                yield Fault(block.line, rule, text, paper)
    yield from _empty_fields(blocks, rows, line, paper)


def _mismatched(
    rows: Sequence[ExpectedBlock], blocks: Sequence[Block]
) -> Iterator[tuple[ExpectedBlock | None, Block | None]]:
    """Rows and blocks that are not each other's, side by side where there are both."""
    ids = {row: number for number, row in reversed(list(enumerate(rows)))}
    fitting = [next((ids[r] for r in ids if _fits(r, b)), -1) for b in blocks]
    theirs = [ids[row] for row in rows]
    matcher = SequenceMatcher(None, theirs, fitting, autojunk=False)
    for kind, r_from, r_to, b_from, b_to in matcher.get_opcodes():
        if kind != "equal":
            missing, extra = rows[r_from:r_to], blocks[b_from:b_to]
            for i in range(max(len(missing), len(extra))):
                yield (
                    missing[i] if i < len(missing) else None,
                    extra[i] if i < len(extra) else None,
                )


def _empty_fields(
    blocks: Sequence[Block], rows: Sequence[ExpectedBlock], line: int, paper: str
) -> Iterator[Fault]:
    """Fields of which no claim is shown at all."""
    anchors = {s.address for block in blocks for s in block.of_kind("anchor")}
    claims = [claim for row in rows for claim in row.claims]
    fields = {claim.field for claim in claims if claim.field}
    for name in sorted(fields - {c.field for c in claims if c.anchor in anchors}):
        yield Fault(line, "fields", f"nothing of {name} is shown", paper)


# --------------------------------------------------------------------------------------
# One block beside the row that it must be.


def _fits(row: ExpectedBlock, block: Block) -> bool:
    return _fault(row, block) is None


def _fault(row: ExpectedBlock, block: Block | None) -> tuple[str, str] | None:
    """The first thing in which a block is not its row: the rule, and a sentence."""
    if block is None or (block.inside, block.fold) != row.place:
        words = "".join(part.words for part in row.parts)
        words += "".join(part.words for claim in row.claims for part in claim.parts)
        return row.rule, f"not shown: {words[:_SHOWN_CHARS]!r}"
    segments = [s for s in block.segments if s.kind != "text" or fold(s.text)]
    if row.links_itself:
        segments = _without_autolinks(segments)
    starts = [i for i, s in enumerate(segments) if s.kind == "anchor"]
    head = segments[: starts[0]] if starts else segments
    runs = [segments[a + 1 : b] for a, b in pairwise([*starts, len(segments)])]
    if row.change is not None:
        lead, head = head[: len(row.parts)], head[len(row.parts) :]
        if not tells(head, row.change, may_skip=row.may_skip):
            return row.rule, f"not the change: {block.text[:_SHOWN_CHARS]!r}"
        head = lead
    if row.any_order and _names(row.parts[0].words) == _names(fold(block.text)):
        head = [Segment(row.parts[0].kind, row.parts[0].words)]
    if missing := _unlike(row.parts, head):
        return row.rule, f"without {missing[:_SHOWN_CHARS]!r}"
    names = [segments[start].address for start in starts]
    for claim, name, run in zip(row.claims, names, runs, strict=False):
        if missing := _claim_fault(claim, name, run):
            words = "".join(p.words for p in claim.parts[:1])[:_SHOWN_CHARS]
            return "claims", f"without {missing[:_SHOWN_CHARS]!r}: {words!r}"
    if len(row.claims) != len(runs):
        return "claims", f"{len(runs)} claims where {len(row.claims)} are due"
    return None


def _names(folded: str) -> list[str]:
    return sorted(re.split("[;()（）]", folded))


def _without_autolinks(segments: Sequence[Segment]) -> list[Segment]:
    """Running text as one, whether addresses in it are links or not."""
    merged: list[Segment] = []
    for segment in segments:
        kind = "text" if segment.kind == "autolink" else segment.kind
        if kind == "text" and merged and merged[-1].kind == "text":
            merged[-1] = Segment("text", merged[-1].text + segment.text)
        else:
            merged.append(segment._replace(kind=kind))
    return merged


def _unlike(parts: Sequence[ExpectedSegment], segments: Sequence[Segment]) -> str:
    """Words of the first part that is not there, or of the first segment too many."""
    for part, segment in zip(parts, segments, strict=False):
        if not _is(part, segment):
            return part.words or part.address
    if len(parts) > len(segments):
        return parts[len(segments)].words
    return segments[len(parts)].text or "?" if len(segments) > len(parts) else ""


def _is(part: ExpectedSegment, segment: Segment) -> bool:
    if segment.kind != part.kind or not made_of(fold(segment.text), part.pieces):
        return False
    if part.kind in ("link", "image") and _address(segment) != part.address:
        return False
    return made_of(fold_attribute(segment.title), part.hover)


def _address(segment: Segment) -> str:
    return fold_address(segment.address)


def _claim_fault(claim: ExpectedClaim, name: str, run: Sequence[Segment]) -> str:
    """What a claim lacks: its words, a page, a mark, its anchor; or has too much."""
    if name != claim.anchor:
        return claim.anchor
    first = next((i for i, s in enumerate(run) if s.kind == "bold"), len(run))
    if missing := _unlike(claim.parts, run[:first]):
        return missing
    bold = run[first:]
    for mark in claim.marks:
        if not any(_is(mark, segment) for segment in bold):
            return mark.words
    for segment in bold:
        if not any(_is(mark, segment) for mark in claim.marks):
            return segment.text or "?"
    return ""


# --------------------------------------------------------------------------------------
# What must not stand in a post.


def _foreign(
    block: Block,
    barred: Sequence[tuple[str, str]],
    context: _Context,
    *,
    is_known: bool,
) -> Iterator[tuple[str, str]]:
    """What is wrong with a block that is not the twin's: at worst, barred words.

    Args:
        block: As found.
        barred: Words that no reader may see, each with the reason.
        context: What else it is looked through for.
        is_known: Whether it has been held against what should be in its place.
    """
    words = fold(block.text)
    shown = repr(block.text[:_SHOWN_CHARS])
    why = next((reason for reason, claim in barred if claim in words), "")
    if why or not is_known:
        yield "claims", f"printed though {why}: {shown}" if why else f"foreign: {shown}"
    if (
        not is_known
        and {words, *(fold(s.text) for s in block.of_kind("bold"))} & context.labels
    ):
        yield "fields", f"a label too many, or over nothing: {shown}"
    for leak in find_leaks(block.text):
        yield "leaks", f"{leak.kind}: {leak.text[:60]!r}"
    fallen = _FALLEN.search(block.text)
    if fallen and not {"bullet", "step"} & {*block.inside}:
        item = block.text[fallen.start() :].strip().split("\n")[0][:_SHOWN_CHARS]
        yield "lists", f"an item outside its list: {item!r}"
    for segment in block.segments:
        if segment.kind == "anchor" and segment.address not in context.anchors:
            yield "anchors", f"{segment.address[:60]!r} is no claim's"
        quotes = fold_attribute(segment.title)
        if quotes and not any(
            p.address == _address(segment) and made_of(quotes, p.hover)
            for p in context.pages
        ):
            yield "quotes", f"no quote of this page: {segment.title[:60]!r}"


def _anchor_faults(page: Page) -> Iterator[Fault]:
    seen: set[str] = set()
    for block in page.blocks:
        for anchor in block.of_kind("anchor"):
            if anchor.address in seen:
                yield Fault(block.line, "anchors", f"{anchor.address!r} stands twice")
            seen.add(anchor.address)
