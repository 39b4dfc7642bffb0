"""Rows that may be headings, with what speaks for and against each."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from chatpaper.reading.lines import BodyStyle, Span
from chatpaper.reading.numbering import Reading, read_number, roman_value
from chatpaper.reading.order import Row

_FLOAT = re.compile(
    r"(?:fig(?:ure|\.)|table|tab\.|algorithm|listing|scheme|plate|chart)\s*~?"
    r"(?:\d|[A-Z]\b|[IVX]+\b)",
    re.I,
)
_THEOREM = re.compile(
    r"(?:theorem|lemma|proposition|corollary|definition|remark|example|proof|claim|"
    r"conjecture|assumption|fact|observation|exercise|problem|condition|axiom|notation|"
    r"hypothesis|property|question|case|step|construction|convention|scholium|"
    r"algorithm|procedure|input|output|require|ensure)s?\b(?:\s*[\d(.:]|$|\s+\d)",
    re.I,
)
_ABSTRACT = re.compile(r"\s*(abstract\s*[—–:.-])\s*\S.{20}", re.I)
_LEADERS = re.compile(r"(?:\.\s?){4,}|(?:…\s?){2,}")
_WORD = re.compile(r"[^\W\d_]{3,}")
_SENTENCE_END = re.compile(r"[.!?;,:]$")
_CODE = re.compile(r"[{};=<>]{1,}|\bdef |\breturn\b|\bend (?:for|if|while)\b|←|:=")


@dataclass(frozen=True, slots=True)
class Look:
    """How a heading is set, apart from its place.

    Attributes:
        size_pt: Of its tallest letters.
        bold, italic: Of all its letters.
        caps: `none`, `caps` or `small` (caps).
        font: Name of most of it.
    """

    size_pt: float
    bold: bool
    italic: bool
    caps: str
    font: str

    def like(self, other: Look) -> bool:
        """Whether two headings are set alike."""
        return (
            abs(self.size_pt - other.size_pt) < 0.4
            and self.bold == other.bold
            and self.italic == other.italic
            and self.caps == other.caps
        )


@dataclass(slots=True)
class Candidate:
    """Rows that may be one heading.

    Attributes:
        first, last: Indices of its rows.
        reading: Of its number; None when unnumbered.
        title: Without the number.
        look: How the title is set.
        weight: What speaks for it on its own; below zero speaks against it.
        centred: Whether it stands in the middle of its column.
        run_in: Length of the heading in its row where text goes on after it, else 0.
        air: Whether there is more than the usual distance to the row above.
    """

    first: int
    last: int
    reading: Reading | None
    title: str
    look: Look
    weight: float
    centred: bool
    run_in: int
    air: bool


def letters(text: str) -> str:
    """Letters alone."""
    return "".join([c for c in text if c.isalpha()])


def look_of(spans: Sequence[Span]) -> Look:
    """Look of a run of text; numbers and symbols do not count."""
    inked = [span for span in spans if any(c.isalpha() for c in span.text)]
    if not inked:
        inked = [span for span in spans if span.text.strip()] or list(spans)
    total = sum(len(span.text) for span in inked)
    sizes: Counter[float] = Counter()
    for span in inked:
        sizes[span.size_pt] += len(span.text)
    opening = next((span for span in inked if span.text.strip()), inked[0])
    tallest = max(
        size for size, n in sizes.items() if n > 0.04 * total or size == opening.size_pt
    )
    bold = sum(len(span.text) for span in inked if span.bold) > 0.6 * total
    italic = sum(len(span.text) for span in inked if span.italic) > 0.6 * total
    main = max(inked, key=lambda span: len(span.text))
    words = letters("".join([span.text for span in inked]))
    caps = "none"
    if len(words) > 3 and sum(c.isupper() for c in words) > 0.85 * len(words):
        small = any(
            s.size_pt < 0.9 * tallest for s in inked if len(letters(s.text)) > 1
        )
        caps = "small" if small else "caps"
    elif "csc" in main.font.lower() or "smallcaps" in main.font.lower():
        caps = "small"
    return Look(tallest, bold, italic, caps, main.font)


def heading_text(spans: Sequence[Span]) -> str:
    """Text of a heading; small capitals become lower case."""
    look = look_of(spans)
    if look.caps != "small":
        return "".join([span.text for span in spans])
    return "".join(
        [
            span.text.lower()
            if span.size_pt < 0.9 * look.size_pt and span.text.upper() == span.text
            else span.text
            for span in spans
        ]
    )


def cut_spans(spans: Sequence[Span], start: int, end: int | None = None) -> list[Span]:
    """Spans of the characters from `start` to `end` of a row's text."""
    text = "".join([span.text for span in spans])
    at = -(len(text) - len(text.lstrip()))
    cut: list[Span] = []
    for span in spans:
        a, b = max(start - at, 0), len(span.text)
        if end is not None:
            b = min(b, end - at)
        if a < b:
            cut.append(Span(span.text[a:b], *span[1:]))
        at += len(span.text)
    return cut


def contents_rows(rows: Sequence[Row]) -> set[int]:
    """Rows of tables of contents: entries that end in a page number at the right."""
    entries: defaultdict[int, list[int]] = defaultdict(list)
    numbers: defaultdict[tuple[int, int], list[int]] = defaultdict(list)
    for index, row in enumerate(rows):
        if row.text[-1:].isdigit() and len(row.text) > 3:
            last = row.lines[-1]
            alone = len(row.lines) > 1 and last.text.isdigit()
            far = alone and last.box[0] - row.lines[-2].box[2] > 1.5 * last.size_pt
            if (far and row.box[2] > row.right - 60) or _LEADERS.search(row.text):
                entries[row.page].append(index)
        elif row.text.isdigit():
            numbers[row.page, round(row.box[2] / 3)].append(index)
    for (page, _), members in numbers.items():
        if len(members) > 2:
            heights = [rows[i].baseline for i in members]
            entries[page] += [
                i
                for i in range(members[0] - 200, members[0])
                if i >= 0
                and rows[i].page == page
                and any(abs(rows[i].baseline - y) < 2 for y in heights)
            ]
    found: set[int] = set()
    for members in entries.values():
        if len(members) > 2:
            start, end = min(members), max(members)
            if len(members) > 0.4 * (end - start + 1):
                found.update(range(start, end + 1))
            else:
                found.update(members)
    return found


class Finder:
    """Looks at rows one by one; knows the document's body style."""

    def __init__(self, rows: Sequence[Row], style: BodyStyle) -> None:
        self.rows = rows
        self.style = style

    def candidates(self) -> list[list[Candidate]]:
        """For every row that may start a heading its readings, in order of rows."""
        found = []
        contents = contents_rows(self.rows)
        for index, row in enumerate(self.rows):
            if index in contents:
                continue
            if readings := self._read(index, row):
                found.append(readings)
        return found

    def _read(self, index: int, row: Row) -> list[Candidate]:
        text = row.text
        if len(text) > 200 or _FLOAT.match(text) or _LEADERS.search(text):
            return []
        if _THEOREM.match(text):
            return []
        readings = read_number(text) or self._alone(row)
        found = []
        for reading in readings:
            candidate = self._candidate(index, reading)
            if candidate and candidate.weight > -1.5:
                found.append(candidate)
        if not readings or not found:
            candidate = self._candidate(index, None)
            if candidate and candidate.weight > 0.0:
                found.append(candidate)
        return found

    def _alone(self, row: Row) -> list[Reading]:
        """A chapter's number, large, on a row of its own."""
        text = row.text.rstrip(".")
        if row.main.size_pt < self.style.size_pt + 2 or len(text) > 4:
            return []
        if text.isdigit() and 0 < int(text) < 41:
            return [Reading("arabic", (("D", int(text)),), text, len(row.text))]
        value = roman_value(text)
        return [Reading("roman", (("R", value),), text, len(row.text))] if value else []

    def _candidate(self, index: int, reading: Reading | None) -> Candidate | None:
        row = self.rows[index]
        start = reading.end if reading else 0
        spans = cut_spans(row.spans, start)
        last = index
        if reading and not spans and index + 1 < len(self.rows):
            last = index + 1  # "Chapter 1", or its number alone, above its title
            start, spans = 0, list(self.rows[last].spans)
        if not spans or (reading is None and not self._stands_out(row, spans)):
            return None
        run_in = self._run_in(spans, start)
        if run_in:
            spans = cut_spans(self.rows[last].spans, start, run_in)
        look = look_of(spans)
        if not run_in:
            last, run_in, spans = self._onward(last, look, spans)
        title = " ".join(heading_text(spans).split())
        if not _plausible(title, reading):
            return None
        candidate = Candidate(
            index,
            last,
            reading,
            title,
            look,
            0.0,
            self._centred(index, last),
            run_in,
            self._air(index, look),
        )
        candidate.weight = self._weigh(candidate)
        return candidate

    def _onward(
        self, index: int, look: Look, spans: list[Span]
    ) -> tuple[int, int, list[Span]]:
        """Last row of a heading, where it ends within that row, and all its spans."""
        last = index
        while last + 1 < len(self.rows) and last - index < 4:
            row, following = self.rows[last], self.rows[last + 1]
            if not self._may_go_on(row, following, look):
                break
            run_in = self._run_in(following.spans, 0)
            part = cut_spans(following.spans, 0, run_in) if run_in else following.spans
            first = next((span for span in part if span.text.strip()), None)
            if run_in and not (
                first
                and self._wraps(row, following)
                and first.bold == look.bold
                and abs(first.size_pt - look.size_pt) < 0.4
            ):
                break
            if not run_in and not self._goes_on(look, following):
                break
            if spans[-1].text.endswith("-") and part[0].text[:1].islower():
                spans[-1] = Span(spans[-1].text[:-1], *spans[-1][1:])
                spans = [*spans, *part]
            else:
                spans = [*spans, Span(" ", *spans[-1][1:]), *part]
            last += 1
            if run_in:
                return last, run_in, spans
        return last, 0, spans

    def _may_go_on(self, row: Row, following: Row, look: Look) -> bool:
        """Whether the place and the words of the next row let a heading go on."""
        same_column = following.page == row.page and following.left == row.left
        if not same_column or following.step is None:
            return False
        if not 0 < following.step < 1.55 * look.size_pt:
            return False
        wraps = self._wraps(row, following)
        if not wraps and (not self._unlike_body(look) or read_number(following.text)):
            return False
        return True

    def _stands_out(self, row: Row, spans: Sequence[Span]) -> bool:
        """Whether an unnumbered row is set unlike the running text at all."""
        main = row.main
        style = self.style
        if main.bold and not style.bold:
            return True
        if main.size_pt > style.size_pt + 0.4:
            return True
        first = next((span for span in spans if span.text.strip()), spans[0])
        if first.bold and not style.bold:
            return True
        if len(row.text) > 80:
            return False
        if main.italic or "csc" in main.font.lower():
            return True
        words = letters(row.text)
        return len(words) > 3 and words.isupper()

    def _run_in(self, spans: Sequence[Span], start: int) -> int:
        """Where a run-in heading ends within its row, 0 when the row is all heading."""
        if not start and (opening := _ABSTRACT.match("".join(s.text for s in spans))):
            return opening.end(1)
        first = next((span for span in spans if span.text.strip()), None)
        if first is None or not (first.bold or first.italic):
            return 0
        length = 0
        for after_span in spans:
            alike = (
                after_span.bold == first.bold
                and (first.bold or after_span.font == first.font)
                and after_span.size_pt < first.size_pt + 0.5
            )
            if not alike and any(c.isalpha() for c in after_span.text):
                break
            length += len(after_span.text)
        else:
            return 0
        head = "".join([span.text for span in spans])[:length].rstrip()
        text = "".join([span.text for span in spans])
        after = text[length:].strip()
        tail = [s for s in cut_spans(spans, length) if any(c.isalpha() for c in s.text)]
        alike_letters = sum(len(s.text) for s in tail if s.bold and first.bold)
        if alike_letters > 0.3 * sum(len(s.text) for s in tail):
            return 0  # a symbol within a heading
        if len(letters(head)) < 3 or len(letters(after)) < 8:
            return 0
        larger = first.size_pt > after_span.size_pt + 0.9 and first.bold
        if head[-1] in ".:—–?!" or after[:1] in ".:—–" or larger:
            return start + length
        return 0

    def _goes_on(self, look: Look, following: Row) -> bool:
        """Whether a row below is set like the heading above it."""
        below = look_of(following.spans)
        if below.like(look):
            return True
        main = following.main
        alike = main.font == look.font and abs(below.size_pt - look.size_pt) < 0.4
        return alike and (
            look.caps == "none"
            or (len(letters(following.text)) <= 3 and following.text.isupper())
        )

    def _unlike_body(self, look: Look) -> bool:
        style = self.style
        return (
            look.size_pt > style.size_pt + 0.4
            or (look.bold and not style.bold)
            or look.caps != "none"
            or look.italic
        )

    def _wraps(self, row: Row, following: Row) -> bool:
        """Whether the next row's first word had no room at the end of this row."""
        word = following.text.split(" ", 1)[0]
        width = following.box[2] - following.box[0]
        need = width * (len(word) + 1) / max(1, len(following.text))
        centred = abs(_off_centre(row)) < 6
        room = row.right - row.box[2] + (row.box[0] - row.left if centred else 0)
        return need > room - 2

    def _centred(self, first: int, last: int) -> bool:
        row = self.rows[first]
        return row.box[0] > row.left + 8 and all(
            abs(_off_centre(r)) < 5 for r in self.rows[first : last + 1]
        )

    def _air(self, index: int, look: Look) -> bool:
        row = self.rows[index]
        usual = max(self.style.leading_pt, 1.05 * look.size_pt)
        return row.step is None or row.step > 1.22 * usual or row.step < -2

    def _weigh(self, c: Candidate) -> float:
        style, rows = self.style, self.rows
        row, look = rows[c.first], c.look
        weight = -2.0
        if c.reading and c.reading.scheme == "paren" and c.run_in and look.italic:
            weight += 1.5
        bigger = look.size_pt - style.size_pt
        weight += 2.0 if bigger > 0.8 else 1.0 if bigger > 0.3 else 0.0
        weight -= 1.5 if bigger < -1.2 else 0.5 if bigger < -0.6 else 0.0
        weight += 2.0 if look.bold and not style.bold else 0.0
        weight += {"caps": 1.2, "small": 1.5, "none": 0.0}[look.caps]
        weight += 1.0 if look.italic and not look.bold else 0.0
        weight += (0.3 if row.step is None else 1.0) if c.air else -0.8
        indent = row.box[0] - row.left
        if c.centred:
            weight += 1.0
        elif abs(indent) < 3:
            weight += 0.8
        else:
            weight -= 0.3 if 0 < indent < 30 else 1.5
        if not c.run_in:
            weight += self._below(c)
        title = c.title
        weight -= 1.5 if title.split(" ", 1)[0].islower() else 0.0
        if c.reading and c.reading.scheme == "letter" and not c.reading.word:
            weight -= 0.0 if self._apart(row, c.reading) else 2.5
        weight -= 1.0 if len(title) > 90 else 0.0
        weight -= 1.5 if title.endswith((",", ";")) else 0.0
        weight -= 1.5 if _CODE.search(title) else 0.0
        weight -= 2.5 if _THEOREM.match(title) else 0.0
        return weight

    def _apart(self, row: Row, reading: Reading) -> bool:
        """Whether a letter is a number: a point or more than a space follows it."""
        if row.text[len(reading.printed) : len(reading.printed) + 1] in ".):":
            return True
        number = cut_spans(row.spans, 0, len(reading.printed))
        title = [s for s in cut_spans(row.spans, reading.end) if s.text.strip()]
        if not number or not title or title[0].box[0] <= number[-1].box[0]:
            return False
        return title[0].box[0] - number[-1].box[2] > 0.55 * title[0].size_pt

    def _below(self, c: Candidate) -> float:
        """Points for what follows: air, and a row in another style."""
        rows = self.rows
        row = rows[c.last]
        if c.last + 1 >= len(rows):
            return -0.5
        following = rows[c.last + 1]
        if following.page != row.page or following.left != row.left:
            return -0.3 if row.box[2] > row.right - 4 else 0.0
        points = 0.0
        if following.step is not None and following.step > 1.15 * self.style.leading_pt:
            points += 0.5
        if row.box[2] > row.right - 6 and not self._unlike_body(c.look):
            points -= 1.5  # a full row of text
        return points


def _off_centre(row: Row) -> float:
    return (row.box[0] + row.box[2]) / 2 - (row.left + row.right) / 2


def _plausible(title: str, reading: Reading | None) -> bool:
    if not _WORD.search(title):
        short = letters(title)
        if reading is None or not (
            title.isupper() and 1 < len(short) and len(title) < 6
        ):
            return False
    words = letters(title)
    return len(words) >= 0.4 * len(title.replace(" ", ""))
