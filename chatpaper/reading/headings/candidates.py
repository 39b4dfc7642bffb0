"""Lines that may be headings, and the chains that their numbers form."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Sequence

from chatpaper.reading.headings.numbering import (
    Path,
    Reading,
    follow,
    read_number,
    roman_value,
)
from chatpaper.reading.headings.weighing import (
    THEOREM,
    Candidate,
    Look,
    cut_spans,
    ends_in_dash,
    has_air,
    has_letters,
    heading_text,
    is_centred,
    letters,
    look_of,
    off_centre,
    weigh,
)
from chatpaper.reading.layout.order import (
    Row,
)
from chatpaper.reading.pages.lines import (
    BodyStyle,
    Span,
)

# --------------------------------------------------------------------------------------
# Tables of contents: rows that look like headings and are none.

LEADERS = re.compile(r"(?:\.\s?){4,}|(?:…\s?){2,}")


def contents_rows(rows: Sequence[Row]) -> set[int]:
    """Rows of tables of contents: entries that end in a page number at the right."""
    entries: defaultdict[int, list[int]] = defaultdict(list)
    numbers: defaultdict[tuple[int, int], list[int]] = defaultdict(list)
    for index, row in enumerate(rows):
        if row.text[-1:].isdigit() and len(row.text) > 3:
            last = row.lines[-1]
            alone = len(row.lines) > 1 and last.text.isdigit()
            far = alone and last.box[0] - row.lines[-2].box[2] > 1.5 * last.size_pt
            # A number behind a gap inside the row is a cell's, not a page's.
            if (far and row.box[2] > row.right - 60) or LEADERS.search(row.text):
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


# --------------------------------------------------------------------------------------
# Rows that may be headings, and how far each heading goes.

_FLOAT = re.compile(
    r"(?:fig(?:ura|ure|\.)|table(?:au)?|tab(?:\.|elle|la)|algorithm|listing|scheme|plate|"
    r"chart|abb(?:ildung|\.)|[图表])\s*~?(?:\d|[A-Z]\b|[IVX]+\b)",
    re.I,
)
_UNFINISHED = re.compile(r"\b(?:for|of|the|and|to|in|on|with|from|by|a|an)$")
# What ends a heading may be set like the text behind it.
_CLOSING = re.compile(r"\s*[.:—–][ .:—–]*")
# Set in a font of their own, which does not say that it is bold.
_LIGATURES = ("ff", "fi", "fl", "ffi", "ffl")
_ABSTRACT = re.compile(r"\s*(abstract\s*[—–:.-])\s*\S.{20}", re.I)


def find_candidates(rows: Sequence[Row], style: BodyStyle) -> list[list[Candidate]]:
    """Return the readings of every row that may start a heading, in order of rows."""
    return Finder(rows, style).candidates()


class Finder:
    """Looks at rows one by one; knows the document's body style."""

    def __init__(self, rows: Sequence[Row], style: BodyStyle) -> None:
        self.rows = rows
        self.style = style

    def candidates(self) -> list[list[Candidate]]:
        """Return the readings of each row that may start a heading, in row order."""
        found = []
        contents = contents_rows(self.rows)
        for index, row in enumerate(self.rows):
            if index in contents:
                continue
            if readings := self._candidates_at(index, row):
                found.append(readings)
        return found

    def _candidates_at(self, index: int, row: Row) -> list[Candidate]:
        text = row.text
        if len(text) > 200 or _FLOAT.match(text) or LEADERS.search(text):
            return []
        if THEOREM.match(text):
            return []
        readings = read_number(text) or self._alone(row)
        found = []
        for reading in readings:
            candidate = self._candidate(index, reading)
            if candidate and candidate.weight > -1.5:
                found.append(candidate)
        if not readings or not found:
            candidate = self._candidate(index, None)
            if candidate and candidate.weight > -0.1:
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
        if not letters(title):
            return None
        candidate = Candidate(
            index,
            last,
            reading,
            title,
            look,
            0.0,
            is_centred(self.rows[index : last + 1]),
            run_in,
            has_air(row, look, self.style),
        )
        candidate.weight = weigh(candidate, self.rows, self.style)
        return candidate

    def _onward(
        self, index: int, look: Look, spans: list[Span]
    ) -> tuple[int, int, list[Span]]:
        """Last row of a heading, where it ends within that row, and all its spans."""
        last = index
        while last + 1 < len(self.rows) and last - index < 4:
            row, following = self.rows[last], self.rows[last + 1]
            if _UNFINISHED.search(row.text) and self._is_display(row, following):
                look = look_of(following.spans)  # a title below its first words
            elif not self._may_go_on(row, following, look):
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
            if not run_in and not self._is_set_like(look, following):
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

    def _is_display(self, row: Row, following: Row) -> bool:
        """Whether two rows near each other are both bold and larger than the text."""
        near = following.step is not None and 0 < following.step < 2 * row.main.size_pt
        return near and all(
            r.main.bold and r.main.size_pt > self.style.size_pt + 0.8
            for r in (row, following)
        )

    def _may_go_on(self, row: Row, following: Row, look: Look) -> bool:
        """Whether the place and the words of the next row let a heading go on."""
        same_column = following.page == row.page and following.left == row.left
        if not same_column or following.step is None:
            return False
        if not 0 < following.step < 1.55 * look.size_pt:
            return False
        if self._wraps(row, following):
            return True
        return look.unlike(self.style) and not read_number(following.text)

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
        if first.italic and not main.italic and (end := self._run_in(spans, 0)):
            airy = has_air(row, look_of(cut_spans(spans, 0, end)), style)
            return airy or ends_in_dash(row, end)
        if len(row.text) > 80:
            return False
        if main.italic or "csc" in main.font.lower():
            return True
        words = letters(row.text)
        return len(words) > 3 and all(char.isupper() for char in words)

    def _run_in(self, spans: Sequence[Span], start: int) -> int:
        """Return where a run-in heading ends in its row, 0 if it is all of the row."""
        if not start and (opening := _ABSTRACT.match("".join(s.text for s in spans))):
            return opening.end(1)
        first = next((span for span in spans if span.text.strip()), None)
        if first is None or not (first.bold or first.italic):
            return 0
        length = _alike_length(spans, first)
        text = "".join([span.text for span in spans])
        head, after = text[:length].rstrip(), text[length:].strip()
        tail = [s for s in cut_spans(spans, length) if has_letters(s.text)]
        if len(letters(head)) < 3 or len(letters(after)) < 8 or not tail:
            return 0
        bold = sum(len(s.text) for s in tail if s.bold and first.bold)
        if bold > 0.3 * sum(len(s.text) for s in tail):
            return 0  # a symbol within a heading
        larger = first.size_pt > tail[0].size_pt + 0.9 and first.bold
        closing = _CLOSING.match(text, length)
        if head[-1] in ".:—–?!" or closing or larger:
            return start + (closing.end() if closing else length)
        return 0

    def _is_set_like(self, look: Look, following: Row) -> bool:
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

    def _wraps(self, row: Row, following: Row) -> bool:
        """Whether the next row's first word had no room at the end of this row."""
        word = following.text.split(" ", 1)[0]
        width = following.box[2] - following.box[0]
        need = width * (len(word) + 1) / max(1, len(following.text))
        centred = abs(off_centre(row)) < 6
        room = row.right - row.box[2] + (row.box[0] - row.left if centred else 0)
        return need > room - 2


def _alike_length(spans: Sequence[Span], first: Span) -> int:
    """Count the characters before the first letter set unlike the first span."""
    length, after_stop = 0, False
    for span in spans:
        alike = (
            (span.bold == first.bold or span.text.strip() in _LIGATURES)
            and (
                first.bold
                or (span.italic and not after_stop)
                or span.font == first.font
            )
            and span.size_pt < first.size_pt + 0.5
        )
        if not alike and has_letters(span.text):
            break
        length += len(span.text)
        after_stop = (
            span.text.rstrip()[-1:] in (".", ":", "—")
            if span.text.strip()
            else after_stop
        )
    return length


# --------------------------------------------------------------------------------------
# The chain of numbered headings whose numbers follow on from one another.

_LOOKBACK = 60  # candidates that a heading may lie behind the one before it
Chain = list[tuple[Candidate, Path]]
Looks = dict[int, list[tuple[Look, float]]]


def level_looks(chain: Chain) -> Looks:
    """Return the looks of each level's headings, with their shares."""
    counts: defaultdict[int, list[tuple[Look, float]]] = defaultdict(list)
    for c, path in chain:
        group = counts[len(path)]
        for at, (look, n) in enumerate(group):
            if look.like(c.look):
                group[at] = (look, n + 1)
                break
        else:
            group.append((c.look, 1.0))
    return {
        level: [(look, n / sum(m for _, m in group)) for look, n in group]
        for level, group in counts.items()
    }


def _fit(c: Candidate, level: int, looks: Looks) -> float:
    """Points for being set like the other headings of its level."""
    group = looks.get(level)
    if not group:
        return 0.0
    share = max((share for look, share in group if look.like(c.look)), default=0.0)
    return 1.5 if share > 0.4 else 0.3 if share > 0.15 else -1.5


def best_chain(numbered: Sequence[Candidate], looks: Looks) -> Chain:
    """The chain of headings with the best sum of weights, less the cost of gaps."""
    # One state for each candidate, level and kind of outermost number: (score, place,
    # candidate, state before).
    states: list[tuple[float, Path, Candidate, int]] = []
    first_states: list[int] = []  # states at which each candidate's own begin
    for c in numbered:
        assert c.reading is not None
        best: dict[tuple[int, str], tuple[float, Path, Candidate, int]] = {}
        low = first_states[-_LOOKBACK] if len(first_states) > _LOOKBACK else 0
        before: list[tuple[int, float, Path]] = [(-1, 0.0, ())]
        before += [
            (i, states[i][0], states[i][1])
            for i in range(low, len(states))
            if states[i][2].last < c.first
        ]
        for i, score, path in before:
            for place, cost in follow(path, c.reading):
                total = score - cost + c.weight + _fit(c, len(place), looks)
                key = (len(place), place[0][0])
                if key not in best or total > best[key][0]:
                    best[key] = (total, place, c, i)
        first_states.append(len(states))
        states.extend(best.values())
    chain: Chain = []
    at = max(range(len(states)), key=lambda i: states[i][0], default=-1)
    if at >= 0 and states[at][0] <= 0.5:
        return []
    while at >= 0:
        _, path, c, at = states[at]
        chain.append((c, path))
    return chain[::-1]
