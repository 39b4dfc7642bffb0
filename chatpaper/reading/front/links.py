"""Find the address at which the paper says its code is."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any, NamedTuple

import pymupdf

from chatpaper.reading.front.facts import (
    URL,
    OwnLink,
    Where,
    best_link,
    clean_url,
    own_links,
)
from chatpaper.records import Fact, Passage, Section

_MARK = re.compile(r"^\s*(\d{1,2}|[∗*†‡§])\s*(?=\D)")
_HINT = re.compile(r"https?:|github|gitlab|bitbucket|huggingface\.co", re.I)
_SENTENCE_END = re.compile(r"(?<=[.!?])\s+(?=[A-Z])|\n\n")


class _PageText(NamedTuple):
    """Text of one page, and where it stands there."""

    page: int
    text: str
    place: Where = "text"
    before: str = ""


def find_code_link(
    document: pymupdf.Document,
    sections: Sequence[Section],
    passages: Sequence[Passage],
    title: str,
    printed: Callable[[int], str],
) -> Fact | None:
    """The address that the paper itself names as that of its code.

    Args:
        document: Open; where a printed address is also a link, the link is whole
            even if the print is broken over lines.
        sections: Its running text.
        passages: The rest; a footnote is read with the sentence that it belongs to.
        title: Of the paper.
        printed: A page's lines with the marks of its notes, which the running text
            has lost.
    """
    found: list[tuple[OwnLink, int]] = []
    for statement in _statements(sections, passages, printed):
        links = own_links(
            statement.text, place=statement.place, before=statement.before, title=title
        )
        found += [(link, statement.page) for link in links]
        if found and not found[-1][0].is_page:
            break
    best = best_link([link for link, _ in found])
    if best is None:
        return None
    page = next(page for link, page in found if link is best)
    url = _whole_link(best.url, _link_targets(document, page))
    return Fact(text=url, quote=best.quote, page=page)


def _statements(
    sections: Sequence[Section],
    passages: Sequence[Passage],
    printed: Callable[[int], str],
) -> Iterator[_PageText]:
    """Yield all text that may speak of code, the paper's opening first."""
    running = [
        (page, section, text)
        for section in sections
        if section.kind != "references" and _HINT.search(section.text)
        for page, text in _by_page(section)
    ]
    notes = [p for p in passages if p.kind in ("footnote", "figure", "margin")]
    notes = [p for p in notes if _HINT.search(p.text)]
    texts = {page: printed(page) for page in {note.page for note in notes}}
    late: list[_PageText] = []
    for page, section, text in running:
        opens = section.kind in ("abstract", "front") and page <= 2
        if opens and not _is_long(section):
            yield _PageText(page, text, "front")
        else:
            late.append(_PageText(page, text))
    for note in notes:
        text = _MARK.sub("", note.text)
        before = _sentence_of_note(note.text, texts[note.page])
        bare = URL.match(text) is not None
        if note.page == 1 and not bare:
            yield _PageText(1, text, "front", before)
        elif note.kind == "footnote":
            late.append(_PageText(note.page, text, "note", before))
    yield from sorted(late, key=lambda statement: statement.page)


def _is_long(section: Section) -> bool:
    """Whether it holds more than a front matter: a paper without headings."""
    # Front matter and abstracts of 101 papers had up to 6,000 characters; the next
    # longest, 13,000 and more, were whole papers.
    return len(section.text) > 6_000


def _by_page(section: Section) -> Iterator[tuple[int, str]]:
    """A section's text cut where its pages turn; a sentence may go on for a line."""
    starts: dict[int, int] = {}
    for line in section.lines:
        starts.setdefault(line.page, line.start)
    pages = sorted(starts.items(), key=lambda item: item[1])
    for at, (page, start) in enumerate(pages):
        end = pages[at + 1][1] if at + 1 < len(pages) else len(section.text)
        yield page, section.text[start:end]


def _sentence_of_note(note: str, text: str) -> str:
    """The sentence of a page that bears a footnote's mark; empty when in doubt."""
    match = _MARK.match(note)
    if not match:
        return ""
    mark = re.escape(match[1])
    behind = re.finditer(rf"(?<=[^\W\d_]|[.,;:)\]”])(?<!\d\.){mark}(?![\w%])", text)
    apart = re.finditer(rf"(?<= ){mark}(?=[.,;])", text)
    signs = [m.start() for m in behind] or [m.start() for m in apart]
    if len(signs) != 1:
        return ""
    ends = [m.end() for m in _SENTENCE_END.finditer(text) if m.end() < signs[0]]
    start = ends[-1] if ends else 0
    return text[start : signs[0]]


def _link_targets(document: pymupdf.Document, page: int) -> list[str]:
    links: Any = document[page - 1].get_links()
    return [link["uri"] for link in links if (link.get("uri") or "").startswith("http")]


def _bare(url: str) -> str:
    return re.sub(r"^(?:https?://)?(?:www\.)?", "", url, flags=re.I).rstrip("/.,;:)-")


def _whole_link(url: str, targets: Iterable[str]) -> str:
    """The link below a printed address; the print alone where there is none."""
    bare = _bare(url).lower()
    for link in targets:
        target = _bare(link).lower()
        rest = bare.removeprefix(target)
        if target.startswith(bare) or (rest != bare and not re.search(r"[a-z/]", rest)):
            return clean_url(link)
    return url
