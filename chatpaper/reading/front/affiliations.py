"""The first author's institution, as the first page prints it.

Marks lead from a name to its institution; where there are none, place does: what
stands below the name, or the one institution below all names. Where neither settles
it there is no answer: a wrong institution is worse than none.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise

from chatpaper.reading.front.author_marks import (
    CONTACT,
    DATE,
    NAME,
    SIGNS,
    author_of,
    base_of,
    is_aside,
    leading_marks,
    marked_texts,
    pieces_of,
)
from chatpaper.reading.front.organisations import (
    institution,
    names_house,
    names_part,
)
from chatpaper.reading.pages.lines import (
    TextLine,
)
from chatpaper.reading.pages.wording import (
    Joiner,
    repair,
)
from chatpaper.records import Fact

_STOP = re.compile(
    r"\s*(?:a\s?b\s?s\s?t\s?r\s?a\s?c\s?t|summary|synopsis|contents|key\s?words|"
    r"index terms|figure 1|fig\. 1|"
    r"(?:1|i)?\.?\s*i\s?n\s?t\s?r\s?o\s?d\s?u\s?c\s?t\s?i\s?o\s?n)\b",
    re.I,
)
_PROSE = re.compile(
    r"\b(?:we|is|are|was|were|that|which|this|has|have|to|it|be|can|by|our|these|not)\b"
)
_WITH = re.compile(
    r"(.{0,300}?)\b(?:is|are|was|were) with (?:the )?(.+?)"
    r"(?=\s*\(?e-?mail|\.\s+[A-Z]|\.$|;|$)",
    re.I | re.S,
)


def first_affiliation(
    lines: Sequence[TextLine], title: str, body_pt: float, joiner: Joiner
) -> Fact | None:
    """The institution of the author who is named first.

    Args:
        lines: All upright lines of the first page.
        title: Of the paper, as printed on it.
        body_pt: Size of running text; notes are smaller.
        joiner: Joins lines.

    Returns:
        None when the page does not say it plainly. The quote is the author's name
        and the affiliation, as printed, with an ellipsis between them.
    """
    page = [line for line in lines if line.upright]
    zone, stop = _zone(page, title)
    notes = [
        # Smaller than running text, by more than a font's own scale.
        line
        for line in page
        if _middle(line) >= stop and line.size_pt < body_pt - 0.3
    ]
    at = next((i for i, line in enumerate(zone) if not is_aside(line.text)), None)
    author = author_of(zone[at]) if at is not None else None
    if author and at is not None and not author[1] and at + 1 < len(zone):
        author = author[0], leading_marks(zone[at], zone[at + 1])
    if at is None or author is None:
        return None
    name, marks = author
    for printed in _candidates(zone[at:], notes, name, marks, joiner):
        if found := institution(printed):
            quote = f"{repair(name)} … {joiner.join(printed.splitlines())}"
            return Fact(text=found, quote=quote, page=lines[0].page)
    return None


def front_zone(lines: Sequence[TextLine], title: str) -> list[TextLine]:
    """Lines between the title and the abstract or the text, row by row."""
    return _zone([line for line in lines if line.upright], title)[0]


def _zone(page: Sequence[TextLine], title: str) -> tuple[list[TextLine], float]:
    """These lines, none where the title is not on the page, and the y they end at."""
    top = _below_title(page, title)
    if top is None:
        return [], 0.0
    stop = _stop(page, top)
    return _rows([line for line in page if top <= _middle(line) < stop]), stop


def _candidates(
    zone: Sequence[TextLine],
    notes: Sequence[TextLine],
    name: str,
    marks: Sequence[str],
    joiner: Joiner,
) -> Iterator[str]:
    """Printed affiliations of the first author; the first sound one counts."""
    marked = marked_texts(zone, joiner)
    if any(institution(text) for _, text in marked):
        yield from _by_marks(marked, marks)
        return
    below = _beside(zone[0]) or _below(zone)
    if below:
        yield from [below] if institution(below, alone=True) else []
        return
    in_notes = dict(reversed(marked_texts(notes, joiner, prose=True)))
    yield from (in_notes[mark] for mark in marks if mark in in_notes)
    yield from _with_phrases(joiner.join([line.text for line in notes]), name)


def _by_marks(marked: Sequence[tuple[str, str]], marks: Sequence[str]) -> Iterator[str]:
    """Return the texts of the author's own marks, up to the first doubtful one.

    A sign may stand for a note of another kind; a figure or a letter may not.
    """
    for mark in marks:
        texts = {text for found, text in marked if found == mark}
        sound = {institution(text) for text in texts} - {""}
        if len(sound) > 1 or (texts and not sound and mark.isalnum()):
            return
        yield from (text for text in texts if institution(text))


# ---------------------------------------------------------------- where it stands


def _fold(text: str) -> str:
    return re.sub(r"[\W_]+", "", repair(text).lower())


def _middle(line: TextLine) -> float:
    return (line.box[1] + line.box[3]) / 2


def _rows(lines: Sequence[TextLine]) -> list[TextLine]:
    """Sort lines row by row, each row from left to right."""
    ordered = sorted(lines, key=base_of)
    rows: list[list[TextLine]] = []
    for line in ordered:
        if rows and base_of(line) - base_of(rows[-1][0]) < 4:
            rows[-1].append(line)
        else:
            rows.append([line])
    return [line for row in rows for line in sorted(row, key=lambda ln: ln.box[0])]


def _below_title(page: Sequence[TextLine], title: str) -> float | None:
    """Return the y at which the title ends; None when it is not on the page."""
    whole = _fold(title)
    # So short a title is found anywhere.
    if len(whole) < 4:
        return None
    start = 0
    bottom = None
    for line in sorted(page, key=lambda line: (round(line.baseline), line.box[0])):
        text = _fold(line.text)
        if text and whole.startswith(text, start):
            start += len(text)
            bottom = line.box[3]
        if start >= len(whole) - 1:
            break
    # Formulas and accents of a title may be written otherwise in its lines.
    return bottom if start > len(whole) * 0.6 else None


def _stop(page: Sequence[TextLine], top: float) -> float:
    """Return the y at which the front matter ends: abstract, first section or prose."""
    ends = [
        line.box[1]
        for line in page
        if line.box[1] > top
        and (
            _STOP.match(line.text)
            # Prose: a long line with two of the small words that names do not have.
            or (len(line.text) > 45 and len(set(_PROSE.findall(line.text))) >= 2)
        )
    ]
    # Over a third of a page, where nothing shows the end.
    return min(ends, default=top + 300)


# ---------------------------------------------------------------- without marks


def _beside(line: TextLine) -> str:
    """Return the institution behind the only name of a line: `Name, Institution`."""
    name, _, rest = repair(line.text).partition(",")
    return rest.strip() if NAME.fullmatch(name) and names_house(rest) else ""


def _below(zone: Sequence[TextLine]) -> str:
    """The institution under the first name, or the only one under all names."""
    first = zone[0]
    beside = [line for line in zone[1:] if abs(base_of(line) - base_of(first)) < 4]
    edge = (first.box[2] + beside[0].box[0]) / 2 if beside else float("inf")
    column = [
        line
        for line in zone
        if base_of(line) > base_of(first) + 4
        and (line.box[0] + line.box[2]) / 2 < edge
        and line.box[0] < first.box[2]
        and line.box[2] > first.box[0]
    ]
    block = _block(column)
    if block and not beside and _has_neighbours(block, zone):
        return ""  # several stand side by side below one line of names
    return _as_lines(block) if block else _common_place(zone)


def _has_neighbours(block: Sequence[TextLine], zone: Sequence[TextLine]) -> bool:
    """Whether anything else stands in the rows of a block."""
    return any(
        abs(base_of(line) - base_of(other)) < 4
        for line in block
        for other in zone
        if other is not line
    )


def _block(column: Sequence[TextLine]) -> list[TextLine]:
    """The lines of a column that hold its first institution."""
    block: list[TextLine] = []
    skipped = 0
    past_address = False  # to an address: who is named behind it is another author
    for line in column:
        if block:
            above = block[-1]
            near = base_of(line) - base_of(above) < 1.6 * above.size_pt
            if not near or CONTACT.search(line.text) or DATE.search(line.text):
                break
            block.append(line)
        elif CONTACT.search(line.text) and names_house(line.text.split(",")[0]):
            return [line]  # `Firm Inc., ada@firm.com`
        elif names_part(line.text) and not CONTACT.search(line.text):
            block.append(line)
        elif CONTACT.search(line.text):
            past_address = True
        elif not _is_list(line.text):
            skipped += 1
            # Rows of a long list of names do not count; behind so many others an
            # institution is another author's.
            if skipped > 4 or (past_address and _is_people(line.text)):
                break  # what stands farther below is another author's
    plain = not any(_opens_otherwise(line) for line in block)
    plain &= all(base_of(b) - base_of(a) > 4 for a, b in pairwise(block))
    return block if plain and any(names_house(line.text) for line in block) else []


def _is_list(text: str) -> bool:
    """Whether a line goes on with a long list of names."""
    parts = [part.strip() for part in text.split(",") if part.strip()]
    return len(parts) > 3 and sum(map(bool, map(NAME.fullmatch, parts))) > 2


def _opens_otherwise(line: TextLine) -> bool:
    """Whether a line opens with a mark, or with a name: it is of certain authors."""
    first, _, rest = line.text.partition(",")
    of_one = NAME.fullmatch(first) and not names_part(first) and names_house(rest)
    return bool(of_one) or (pieces_of(line)[0].is_mark)


def _common_place(zone: Sequence[TextLine]) -> str:
    """The one institution that stands, centred, below all names."""
    places = [line for line in zone if names_part(line.text)]
    places = [line for line in places if not CONTACT.search(line.text)]
    if not any(names_house(line.text) for line in places):
        return ""
    last = max(base_of(line) for line in places)
    names = [line for line in zone if base_of(line) < base_of(places[0]) - 4]
    if not names or not all(_is_people(line.text) for line in names):
        return ""
    together = all(
        4 < base_of(below) - base_of(above) < 1.6 * above.size_pt
        for above, below in pairwise(places)
    )
    later = [
        line
        for line in zone
        # The next three rows: names there would be of another institution.
        if last + 4 < base_of(line) < last + 40 and not CONTACT.search(line.text)
    ]
    middle = (min(n.box[0] for n in names) + max(n.box[2] for n in names)) / 2
    # Names of uneven length move the middle of their rows.
    centred = all(abs((line.box[0] + line.box[2]) / 2 - middle) < 40 for line in places)
    alone = not any(_is_people(line.text) and not is_aside(line.text) for line in later)
    if not (together and centred and alone) or _has_neighbours(places, zone):
        return ""
    return _as_lines(places)


def _as_lines(block: Sequence[TextLine]) -> str:
    """Lines that stand one below another, each on its own."""
    return "\n".join([repair(line.text) for line in block])


def _is_people(text: str) -> bool:
    """Whether a line holds nothing but names."""
    plain = re.sub(rf"[{SIGNS}\d∗]", "", repair(text)).strip(" ,")
    names = [n.strip() for n in re.split(r",|\band\b|&|\s{2,}", plain) if n.strip()]
    return bool(names) and all(NAME.fullmatch(name) for name in names)


def _with_phrases(notes: str, name: str) -> Iterator[str]:
    """`N. Name is with the Department of ...`, if the first author is meant."""
    surname = re.escape(name.split()[-1])
    meant = re.compile(rf"\b{re.escape(name[0])}[\w. -]{{0,30}}\b{surname}\b", re.I)
    for match in _WITH.finditer(notes):
        if meant.search(match[1]):
            yield match[2]
            return
