"""The text of a paper as a model gets it: fenced, in order, within a budget."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from chatpaper.exchange import fenced
from chatpaper.records import Document, Paper, Section
from chatpaper.summary.extras import block_of, with_extras

Basis = Literal["full text", "partial text", "abstract"]

_CUT = "\n[...]"


@dataclass(frozen=True, slots=True, kw_only=True)
class PaperText:
    """What is sent of a paper.

    Attributes:
        text: Between an opening and a closing `<fence>` tag.
        fence: The tags' name; it depends on all of the text, so that no text
            can hold its own.
        basis: What the text was made from.
        left_out: Parts of the paper that were not sent, in English.
    """

    text: str
    fence: str
    basis: Basis
    left_out: tuple[str, ...] = ()


def paper_text(
    paper: Paper, document: Document | None, *, max_chars: int = 120_000
) -> PaperText:
    """Title, abstract, sections, captions, tables and appendices, in that order.

    The abstract is arXiv's where the paper has one. The title page, references and
    acknowledgements are never sent. What exceeds `max_chars` goes in this order:
    appendices, notes, tables, captions, then the ends of the longest sections, so
    that short ones such as the conclusion stay whole.

    A table stands behind the section that first speaks of it, its caption above it;
    one that no section speaks of stands behind the captions.
    """
    title = f"Title: {paper.title}"
    body = _body(document) if document else []
    abstract = _abstract(paper, document, body)
    head = f"{title}\n\nAbstract\n{abstract}" if abstract else title
    left: list[str] = []
    room = max_chars - len(head)
    parts, cut = _shortened(body, room)
    if cut:
        left.append(f"the ends of long sections ({cut})")
    room -= sum(map(len, parts))
    if document:
        parts, without = with_extras(document, body, parts, room)
        left += without
    basis: Basis = "abstract"
    if body and document:
        whole = not cut and document.pages_read >= document.page_count
        basis = "full text" if whole else "partial text"
        if document.pages_read < document.page_count:
            left.append(f"the pages after page {document.pages_read}")
    text, fence = fenced("\n\n".join([head, *parts]))
    return PaperText(text=text, fence=fence, basis=basis, left_out=tuple(left))


def _body(document: Document) -> list[Section]:
    sections = [s for s in document.sections if s.kind == "section" and s.text.strip()]
    # A paper in which nothing but its front was told apart is sent as it stands.
    return sections or [
        s for s in document.sections if s.kind == "front" and s.text.strip()
    ]


def _abstract(paper: Paper, document: Document | None, body: Sequence[Section]) -> str:
    """What arXiv says; what was found in print only where arXiv says nothing."""
    known = paper.abstract.strip()
    if known or document is None:
        return known
    printed = "\n\n".join(s.text for s in document.sections if s.kind == "abstract")
    found = document.abstract or printed.strip()
    return "" if any(found in section.text for section in body) else found


def _shortened(body: Sequence[Section], room: int) -> tuple[list[str], int]:
    """Sections with their headings; the longest cut to one height that fits."""
    blocks = [block_of(section) for section in body]
    if sum(map(len, blocks)) <= room:
        return blocks, 0
    left, height = room, 0
    for nth, length in enumerate(sorted(map(len, blocks))):
        height = max(left // (len(blocks) - nth), 0)
        if length > height:
            break
        left -= length
    cut = sum(len(block) > height for block in blocks)
    return [b if len(b) <= height else _clipped(b, height) for b in blocks], cut


def _clipped(block: str, height: int) -> str:
    room = max(height - len(_CUT), 0)
    end = max(block.rfind(". ", 0, room) + 1, block.rfind("\n\n", 0, room), room // 2)
    return block[:end] + _CUT
