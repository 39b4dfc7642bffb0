"""What a paper prints, made searchable: for quotes as one string, for names as words.

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
UNSAID_SECTIONS = frozenset({"references"})
UNSAID_PASSAGES = frozenset({"margin"})

_MAX_SENTENCE_CHARS = 600


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """A run of printed text that a quote may stand in.

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
class Spot:
    """A stretch of one piece.

    Attributes:
        piece: Which one.
        start, end: Offsets into the piece's text.
    """

    piece: Piece
    start: int
    end: int

    @property
    def line(self) -> Line | None:
        """The printed line that the stretch begins on, None outside sections."""
        lines = self.piece.lines
        nth = bisect_right(lines, self.start, key=lambda line: line.start) - 1
        return lines[max(nth, 0)] if lines else None

    @property
    def page(self) -> int:
        """Where the stretch begins, from 1."""
        return self.line.page if self.line else self.piece.page

    @property
    def words(self) -> str:
        """The stretch itself."""
        return self.piece.text[self.start : self.end]

    def widened(self, margin: int) -> Spot:
        """The stretch with up to `margin` more characters at each end, words whole."""
        text = self.piece.text
        low, high = max(0, self.start - margin), min(len(text), self.end + margin)
        start, end = _word_round(text, low)[0], _word_round(text, max(high - 1, low))[1]
        return replace(self, start=start, end=end)

    def snapped(self) -> Spot:
        """The stretch with whole words only: those it holds the greater part of."""
        text = self.piece.text
        first, last = _word_round(text, self.start), _word_round(text, self.end - 1)
        start = first[0] if 2 * self.start < sum(first) else first[1]
        end = last[1] if 2 * self.end > sum(last) else last[0]
        return replace(self, start=start, end=max(start, end))

    @property
    def sentence(self) -> str:
        """The sentence or sentences of the paper round the stretch, on one line."""
        text = self.piece.text
        low = max(0, self.start - _MAX_SENTENCE_CHARS)
        high = min(len(text), self.end + _MAX_SENTENCE_CHARS)
        ends = list(sentence_ends(text, low, high, before="word"))
        start = max((end for end in ends if end <= self.start), default=low)
        end = min((end for end in ends if end >= self.end), default=high)
        return " ".join(text[start:end].split())


class Evidence:
    """Everything a paper prints that may bear out a claim.

    Args:
        document: Of the PDF; None when only arXiv's own words are known.
        paper: arXiv's title, abstract, comment and authors; these count too.
    """

    def __init__(self, document: Document | None, paper: Paper) -> None:
        self.pieces = tuple(_without_copies(_pieces(document, paper)))
        self.paper = paper
        self._offsets: dict[int, list[int]] = {}

    @cached_property
    def _words_by_piece(self) -> list[list[str]]:
        return [words_of(piece.text) for piece in self.pieces]

    @cached_property
    def _compact_pieces(self) -> list[str]:
        return ["".join(words) + "\n" for words in self._words_by_piece]

    @cached_property
    def compact(self) -> str:
        """All pieces compacted, in order, each ended by a line feed."""
        return "".join(self._compact_pieces)

    @cached_property
    def _starts(self) -> list[int]:
        return list(accumulate(map(len, self._compact_pieces), initial=0))

    @cached_property
    def _edges(self) -> frozenset[int]:
        """Offsets into `compact` where a word begins or ends."""
        edges: list[int] = []
        for start, words in zip(self._starts, self._words_by_piece, strict=False):
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
        return [word for words in self._words_by_piece for word in words]

    @cached_property
    def text(self) -> str:
        """All pieces as printed, each ended by a line feed."""
        return "".join(piece.text + "\n" for piece in self.pieces)

    def spot(self, start: int, end: int) -> Spot:
        """Where `compact[start:end]` stands; it lies within one piece.

        Args:
            start: Offset into `compact`.
            end: Offset after the last character, behind `start`.
        """
        nth = bisect_right(self._starts, start) - 1
        piece, at = self.pieces[nth], self._starts[nth]
        if nth not in self._offsets:
            self._offsets[nth] = _letter_offsets(piece.text)
        offsets = self._offsets[nth]
        first, last = offsets[start - at], offsets[end - at - 1]
        return Spot(piece=piece, start=first, end=last + 1)


def _word_round(text: str, at: int) -> tuple[int, int]:
    """Start and end of the run without spaces round an offset."""
    start = end = at
    while start > 0 and not text[start - 1].isspace():
        start -= 1
    while end < len(text) and not text[end].isspace():
        end += 1
    return start, end


def _pieces(document: Document | None, paper: Paper) -> Iterator[Piece]:
    for section in document.sections if document else ():
        if section.kind not in UNSAID_SECTIONS:
            name = section.title
            yield Piece(text=name, section=name, page=section.page)
            yield Piece(
                text=section.text, section=name, page=section.page, lines=section.lines
            )
    for table in document.tables if document else ():
        # As a model is shown them: wrapped lines joined, heads in one row.
        rows = "\n".join(" | ".join(cells) for cells in table.rows)
        caption = f"{table.label}: {table.caption}".strip(": ")
        yield Piece(text=rows, page=table.page, box=table.box, caption=caption)
    for passage in document.passages if document else ():
        if passage.kind not in UNSAID_PASSAGES:
            yield Piece(
                text=passage.text,
                page=passage.page,
                box=passage.box,
                caption=_caption_of(passage, document),
            )
    for figure in document.figures if document else ():
        box = figure.caption_box or figure.box
        words = f"{figure.label} {figure.caption}"
        yield Piece(text=words, page=figure.page, box=box)
    if document:
        address = document.code_url.text if document.code_url else ""
        for text in (document.title, document.abstract, address):
            yield Piece(text=text)
    for text in (paper.title, paper.abstract, paper.comment or "", *paper.authors):
        yield Piece(text=without_latex(text))


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


def _without_copies(pieces: Iterable[Piece]) -> Iterator[Piece]:
    """Leave out what an earlier piece holds: captions and abstracts come twice."""
    seen: list[str] = []
    for piece in pieces:
        if piece.text and not any(piece.text in text for text in seen):
            seen.append(piece.text)
            yield piece


def _letter_offsets(text: str) -> list[int]:
    """Offset into a text of each letter of its compact form."""
    offsets: list[int] = []
    for nth, char in enumerate(text):
        letters = int(char.isalnum()) if char.isascii() else len(compact(char))
        offsets += [nth] * letters
    return offsets
