"""What a paper prints, searchable for quotes as one string and for names as words.

Both forms keep letters and digits only, without case, accents or ligatures. So line
breaks, hyphens, quotation marks, spacing and most glyph trouble vanish before anything
is compared. The parts are made on first use; each costs a few milliseconds for a paper.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import accumulate

from chatpaper.records import Box, Document, Line, Paper, Passage
from chatpaper.text import compact, sentence_ends, without_latex, words_of

# References name what others did, and margins hold page heads and arXiv's stamp.
EXCLUDED_SECTIONS = frozenset({"references"})
EXCLUDED_PASSAGES = frozenset({"margin"})

# A sentence is looked for so far on either side; text without full stops ends there.
_MAX_SENTENCE_CHARS = 600


@dataclass(frozen=True, slots=True, kw_only=True)
class TextBlock:
    """A piece of printed text that a quote may stand in.

    Attributes:
        text: As the reader of the PDF found it.
        section: Title of its section; empty for captions and notes.
        page: From 1; where its first line stands.
        box: Of a passage, in points; None for a section and for arXiv's own words.
        lines: Of a section; empty otherwise.
        caption: Of the table that the text belongs to; empty otherwise.
    """

    text: str
    section: str = ""
    page: int = 1
    box: Box | None = None
    lines: tuple[Line, ...] = ()
    caption: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class TextSpan:
    """A stretch of one block.

    Attributes:
        block: Which one.
        start, end: Offsets into the block's text.
    """

    block: TextBlock
    start: int
    end: int

    @property
    def line(self) -> Line | None:
        """The printed line that the stretch begins on, None outside sections."""
        lines = self.block.lines
        nth = bisect_right(lines, self.start, key=lambda line: line.start) - 1
        return lines[max(nth, 0)] if lines else None

    @property
    def page(self) -> int:
        """Where the stretch begins, from 1."""
        return self.line.page if self.line else self.block.page

    @property
    def words(self) -> str:
        """The stretch itself."""
        return self.block.text[self.start : self.end]

    def widen(self, margin: int) -> TextSpan:
        """The stretch with up to `margin` more characters at each end, words whole."""
        text = self.block.text
        low, high = max(0, self.start - margin), min(len(text), self.end + margin)
        start, end = _word_round(text, low)[0], _word_round(text, max(high - 1, low))[1]
        return replace(self, start=start, end=end)

    def to_whole_words(self) -> TextSpan:
        """The stretch with whole words only: those it holds the greater part of."""
        text = self.block.text
        first, last = _word_round(text, self.start), _word_round(text, self.end - 1)
        start = first[0] if 2 * self.start < sum(first) else first[1]
        end = last[1] if 2 * self.end > sum(last) else last[0]
        return replace(self, start=start, end=max(start, end))

    @property
    def sentence(self) -> str:
        """The sentence or sentences of the paper round the stretch, on one line."""
        text = self.block.text
        low = max(0, self.start - _MAX_SENTENCE_CHARS)
        high = min(len(text), self.end + _MAX_SENTENCE_CHARS)
        ends = list(sentence_ends(text, low, high, before="word"))
        start = max((end for end in ends if end <= self.start), default=low)
        end = min((end for end in ends if end >= self.end), default=high)
        return " ".join(text[start:end].split())


class PrintedText:
    """Everything a paper prints that a claim may rest on.

    Args:
        document: Of the PDF; None when only arXiv's own words are known.
        paper: arXiv's title, abstract, comment and authors count as printed.
    """

    def __init__(self, document: Document | None, paper: Paper) -> None:
        self.blocks = tuple(_drop_copies(_text_blocks(document, paper)))
        self.paper = paper
        self._offsets: dict[int, list[int]] = {}

    @cached_property
    def _words_by_block(self) -> list[list[str]]:
        return [words_of(block.text) for block in self.blocks]

    @cached_property
    def _compact_blocks(self) -> list[str]:
        return ["".join(words) + "\n" for words in self._words_by_block]

    @cached_property
    def compact(self) -> str:
        """All blocks compacted, in order, each ended by a line feed."""
        return "".join(self._compact_blocks)

    @cached_property
    def _starts(self) -> list[int]:
        return list(accumulate(map(len, self._compact_blocks), initial=0))

    @cached_property
    def _edges(self) -> frozenset[int]:
        """Offsets into `compact` where a word begins or ends."""
        edges: list[int] = []
        for start, words in zip(self._starts, self._words_by_block, strict=False):
            edges += accumulate(map(len, words), initial=start)
        return frozenset(edges)

    def prints(self, key: str) -> bool:
        """Whether compacted words stand in the paper as whole words, run together."""
        at = self.compact.find(key)
        while at >= 0:
            if at in self._edges and at + len(key) in self._edges:
                return True
            at = self.compact.find(key, at + 1)
        return False

    @cached_property
    def words(self) -> list[str]:
        """All words, in order."""
        return [word for words in self._words_by_block for word in words]

    @cached_property
    def text(self) -> str:
        """All blocks as printed, each ended by a line feed."""
        return "".join(block.text + "\n" for block in self.blocks)

    def span(self, start: int, end: int) -> TextSpan:
        """Where `compact[start:end]` stands; it lies within one block.

        Args:
            start: Offset into `compact`.
            end: Offset after the last character, behind `start`.
        """
        nth = bisect_right(self._starts, start) - 1
        block, at = self.blocks[nth], self._starts[nth]
        if nth not in self._offsets:
            self._offsets[nth] = _letter_offsets(block.text)
        offsets = self._offsets[nth]
        first, last = offsets[start - at], offsets[end - at - 1]
        return TextSpan(block=block, start=first, end=last + 1)


def _word_round(text: str, at: int) -> tuple[int, int]:
    """Start and end of the run without spaces round an offset."""
    start = end = at
    while start > 0 and not text[start - 1].isspace():
        start -= 1
    while end < len(text) and not text[end].isspace():
        end += 1
    return start, end


def _text_blocks(document: Document | None, paper: Paper) -> Iterator[TextBlock]:
    for section in document.sections if document else ():
        if section.kind not in EXCLUDED_SECTIONS:
            name = section.title
            yield TextBlock(text=name, section=name, page=section.page)
            yield TextBlock(
                text=section.text, section=name, page=section.page, lines=section.lines
            )
    for table in document.tables if document else ():
        # As a model is shown them: wrapped lines joined, heads in one row.
        rows = "\n".join(" | ".join(cells) for cells in table.rows)
        caption = f"{table.label}: {table.caption}".strip(": ")
        yield TextBlock(text=rows, page=table.page, box=table.box, caption=caption)
    for passage in document.passages if document else ():
        if passage.kind not in EXCLUDED_PASSAGES:
            yield TextBlock(
                text=passage.text,
                page=passage.page,
                box=passage.box,
                caption=_caption_of(passage, document),
            )
    for figure in document.figures if document else ():
        box = figure.caption_box or figure.box
        words = f"{figure.label} {figure.caption}"
        yield TextBlock(text=words, page=figure.page, box=box)
    if document:
        address = document.code_url.text if document.code_url else ""
        for text in (document.title, document.abstract, address):
            yield TextBlock(text=text)
    for text in (paper.title, paper.abstract, paper.comment or "", *paper.authors):
        yield TextBlock(text=without_latex(text))


def _caption_of(passage: Passage, document: Document | None) -> str:
    """Label and caption of the table round a passage of cells."""
    if passage.kind != "table" or document is None:
        return ""
    x, y = (passage.box[0] + passage.box[2]) / 2, (passage.box[1] + passage.box[3]) / 2
    for figure in document.figures:
        x0, top, x1, bottom = figure.box
        if figure.page == passage.page and x0 <= x <= x1 and top <= y <= bottom:
            return f"{figure.label}: {figure.caption}"
    return ""


def _drop_copies(blocks: Iterable[TextBlock]) -> Iterator[TextBlock]:
    """Leave out what an earlier block holds: captions and abstracts come twice."""
    seen: list[str] = []
    for block in blocks:
        if block.text and not any(block.text in text for text in seen):
            seen.append(block.text)
            yield block


def _letter_offsets(text: str) -> list[int]:
    """Offset into a text of each letter of its compact form."""
    offsets: list[int] = []
    for nth, char in enumerate(text):
        letters = int(char.isalnum()) if char.isascii() else len(compact(char))
        offsets += [nth] * letters
    return offsets
