"""Raised and lowered text keeps its meaning; marks of notes leave the text."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pymupdf
import pytest

from chatpaper.reading import parse_document
from chatpaper.reading.pages import (
    Span,
    TextLine,
    write_scripts,
)
from chatpaper.records import Document, Paper
from chatpaper.verify import LocatedQuote, PrintedText, find_quote
from pdfs import BOLD, ITALIC, ROMAN, Setter

Run = str | tuple[str, float]  # text, and by how much of the size it is raised
UP, DOWN = 0.36, -0.2


def put_runs(
    setter: Setter, runs: Sequence[Run], *, size: float = 10, font: str = ROMAN
) -> None:
    """Set runs one behind the other as a line; what is raised or lowered is small.

    A text that starts with `/` is set in italics.
    """
    x, y = setter.columns[setter.column][0], setter.y
    for run in runs:
        text, rise = (run, 0.0) if isinstance(run, str) else run
        face = ITALIC if text.startswith("/") else font
        text = text.removeprefix("/")
        small = 0.7 * size if rise else size
        setter.put(x, y - rise * size, text, fontname=face, fontsize=small)
        x += pymupdf.get_text_length(text, face, small)
    setter.y += 12


def fill(setter: Setter) -> None:
    """Set a few full lines."""
    for _ in range(6):
        setter.line("the network learns a map from noise to pictures, and a second one "
                    "tells real pictures from others")  # fmt: skip


def read(*lines: Sequence[Run], note: str = "") -> Document:
    """A second page with these lines, and a footnote with a raised label if given."""
    setter = Setter()
    setter.heading("1 Introduction")
    fill(setter)
    setter.turn_page()
    fill(setter)
    for runs in lines:
        put_runs(setter, runs)
    fill(setter)
    if note:
        setter.y = 700
        put_runs(setter, [(note, UP), " is the label of this note."], size=8)
    return parse_document("x", setter.pdf())


def said(*runs: Run, note: str = "") -> str:
    """What one line of these runs is read as, from `Here` to `end`."""
    text = read(["Here ", *runs, " end"], note=note).sections[-1].text
    return text.partition("Here ")[2].partition(" end")[0]


@pytest.mark.parametrize(
    ("runs", "text"),
    [
        (["of 5 x 10", ("5", UP), " training steps"], "of 5 x 10^5 training steps"),
        (["about 10", ("-3", UP), " of it"], "about 10^{-3} of it"),
        (["of 10", ("9", UP), " g cm", ("-3", UP)], "of 10^9 g cm^{-3}"),
        (["at 3 km s", ("-1", UP), "."], "at 3 km s^{-1}."),
        (["50 km", ("2", UP), " of land"], "50 km^2 of land"),
        (["in H", ("2", DOWN), "O"], "in H_2O"),
        (["with ", "/x", ("i", DOWN), " and ", "/x", ("ij", DOWN)],
         "with x_i and x_{ij}"),
        (["a loss of ", "/x", ("2", UP), ("i", DOWN)], "a loss of x^2_i"),
        (["an E", ("3", UP), "Net of"], "an E^3Net of"),
        (["some ", ("13", UP), "CO gas"], "some ^{13}CO gas"),
        (["the sum (x + y)", ("2", UP), " is"], "the sum (x + y)^2 is"),
        (["take log", ("2", UP), " x"], "take log^2 x"),
        (["an R", ("2", UP), " of 0.9"], "an R^2 of 0.9"),
        (["the 2", ("nd", UP), " of them"], "the 2nd of them"),
        (["le 1", ("er", UP), " mai"], "le 1er mai"),
        (["at 90", ("±3", UP), " K"], "at 90±3 K"),
        (["as in [ABC", ("+", UP), "21]"], "as in [ABC+21]"),
        (["7.5", ("+0.3", UP), ("-0.2", DOWN)], "7.5^{+0.3}_{-0.2}"),
    ],
)  # fmt: skip
def test_what_is_raised_or_lowered_is_marked(runs: list[Run], text: str) -> None:
    """Powers, indices, units and formulas; what means the same stays as it is."""
    assert said(*runs) == text


@pytest.mark.parametrize(
    ("runs", "text"),
    [
        (["this network", ("1", UP), " learns"], "this network learns"),
        (["it learns.", ("12", UP), " Then"], "it learns. Then"),
        (["it learns,", ("3,4", UP), " then"], "it learns, then"),
        (["it was so in 2013", ("7", UP), "."], "it was so in 2013."),
        (["in words (as said before)", ("2", UP), " of"],
         "in words (as said before) of"),
        (["of 15 minutes", ("47", UP), "."], "of 15 minutes."),
        (["over 30 km", ("18", UP), "."], "over 30 km."),
    ],
)  # fmt: skip
def test_numbers_of_notes_and_references_leave_the_text(
    runs: list[Run], text: str
) -> None:
    """A raised number behind prose names a note or a reference."""
    assert said(*runs) == text


@pytest.mark.parametrize(
    ("runs", "note", "without", "with_note"),
    [
        (["the set [66]", ("3", UP), " of"], "3", "[66]^3 of", "[66] of"),
        (["some 200", ("3", UP), " of"], "3", "200^3 of", "200 of"),
        (["the AI", ("2", UP), " of"], "2", "AI^2 of", "AI of"),
        (["vectors ¯x", ("1", UP), " of"], "1", "x\u0304^1 of", "x\u0304^1 of"),
        (["this network", ("§", UP), " of"], "§", "network^§ of", "network of"),
        (["at 50", ("a", UP), " of"], "a", "50^a of", "50 of"),
        (["of 10", ("3", UP), " of"], "3", "10^3 of", "10^3 of"),
        (["this ", "/x", ("2", UP), " of"], "2", "x^2 of", "x^2 of"),
        (["this network ", ("3", UP), ", of"], "3", "network 3, of", "network , of"),
    ],
)  # fmt: skip
def test_a_note_at_the_foot_settles_what_is_doubtful(
    runs: list[Run], note: str, without: str, with_note: str
) -> None:
    """A raised mark that opens a line of the page is the label of a note."""
    assert said(*runs).endswith(without)
    assert said(*runs, note=note).endswith(with_note)


def test_numbers_that_go_on_count_as_references() -> None:
    """The one after a reference is a reference, even behind a number."""
    text = read(
        ["Here it learns.", ("34", UP), " It gains 0.845", ("35", UP), " end"],
    ).sections[-1].text  # fmt: skip

    assert "it learns. It gains 0.845 end" in text


def test_the_label_of_a_note_stays() -> None:
    """It names the note; what it says is a footnote."""
    document = read(["Here this network", ("1", UP), " end"], note="1")

    notes = [p.text for p in document.passages if p.kind == "footnote"]
    assert notes == ["1 is the label of this note."]


@pytest.mark.parametrize(
    ("before", "upper", "lower", "text"),
    [
        ("is ", ("1", 3.9), ("2", -3.45), "is 1/2"),
        ("some 2", ("1", 3.9), ("2", -3.45), "some 2 1/2"),
        ("is ", ("r", 3.9), ("p−1", -3.45), "is r/(p−1)"),
        ("is x", ("1", 3.6), ("2", -2.5), "is x^1_2"),
    ],
)
def test_numerator_and_denominator_are_a_fraction(
    before: str, upper: tuple[str, float], lower: tuple[str, float], text: str
) -> None:
    """Small text above small text is one, unless both belong to a letter."""
    gap = 0.0 if before.endswith("x") else 1.2
    spans = [span(before, 0, 0, 10)]
    for words, rise in (upper, (" ", lower[1]), lower):
        middle = 10 * len(before) + gap + 4
        spans.append(span(words, middle - 2 * len(words), rise, 7, 4))

    (line,) = write_scripts([replace(LINE, text="x", spans=tuple(spans))])

    assert line.text == text


def span(text: str, x: float, rise: float, size: float, step: float = 10) -> Span:
    """A span on a line at y = 100, so many points wide a letter."""
    y = 100 - rise
    box = (x, y - size, x + step * len(text), y)
    return Span(text, box, "F", size, False, False, False, 0, 255, True, y)


LINE = TextLine(2, (0, 90, 99, 103), "", 10, "F", False, False, False, (), (1, 0), 0, 0)


def test_scripts_of_scripts_are_kept() -> None:
    """The power of an index is its own."""
    setter = Setter()
    setter.prose(6)
    x = 108.0
    for text, size, rise in (
        ("of 10", 10, 0), ("10", 7, 3.6), ("5", 5, 6.2), (" end of it", 10, 0)
    ):  # fmt: skip
        setter.put(x, setter.y - rise, text, fontsize=size)
        x += pymupdf.get_text_length(text, ROMAN, size)
    setter.y += 12
    setter.prose(6)

    text = parse_document("x", setter.pdf()).sections[0].text

    assert "of 10^{10^5} end of it" in text


def test_a_large_initial_is_no_base() -> None:
    """The line beside it is no script, however small and high it stands."""
    setter = Setter()
    setter.put(108, 112, "T", fontsize=34)
    setter.put(130, 97, "he network learns a map from noise to pictures")
    setter.put(130, 109, "and a second network tells real from made ones")
    setter.y = 121
    setter.prose(8)

    sections = parse_document("x", setter.pdf()).sections
    text = "\n".join(section.text for section in sections)

    assert "^" not in text
    assert "he network learns a map" in text


def test_titles_and_headings_have_them_too() -> None:
    """A heading keeps its power and loses the mark of its note."""
    setter = Setter()
    setter.y += 20
    put_runs(setter, ["A Survey of H", ("2", DOWN), "O", ("*", UP)], size=17, font=BOLD)
    setter.y += 30
    setter.prose(8)
    setter.y += 14
    put_runs(setter, ["1 The L", ("2", UP), " norm", ("1", UP)], size=12, font=BOLD)
    setter.y += 6
    setter.prose(8)

    document = parse_document("x", setter.pdf())

    assert document.title == "A Survey of H_2O"
    assert [s.title for s in document.sections if s.title] == ["The L^2 norm"]


def test_captions_and_cells_of_tables_have_them_too() -> None:
    """A table says 10^5, not 105."""
    setter = Setter()
    setter.heading("1 Introduction")
    setter.prose(10)
    setter.y += 10
    put_runs(setter, ["Table 1: Costs in 10", ("6", UP), " steps."], size=9)
    for y in (0, 16, 44):
        setter.page.draw_line((108, setter.y + y), (504, setter.y + y))
    setter.put(110, setter.y + 11, "Model", fontsize=9)
    setter.put(300, setter.y + 11, "Steps", fontsize=9)
    setter.put(110, setter.y + 28, "Ours", fontsize=9)
    setter.put(300, setter.y + 28, "10", fontsize=9)
    width = pymupdf.get_text_length("10", ROMAN, 9)
    setter.put(300 + width, setter.y + 24.8, "5", fontsize=6.3)
    setter.y += 70
    setter.prose(10)

    document = parse_document("x", setter.pdf())

    assert [f.caption for f in document.figures] == ["Costs in 10^6 steps."]
    tables = [p.text for p in document.passages if p.kind == "table"]
    assert len(tables) == 1
    assert "Ours | 10^5" in tables[0]


def test_text_written_upwards_has_them_too() -> None:
    """A table turned on its side says 10^5 as well."""
    setter = Setter()
    y = 700.0
    for text, size, rise in (("about 10", 10, 0), ("5", 7, 3.6), (" steps", 10, 0)):
        setter.put(300 - rise, y, text, fontsize=size, rotate=90)
        y -= pymupdf.get_text_length(text, ROMAN, size)

    document = parse_document("x", setter.pdf())

    assert "about 10^5 steps" in document.sections[0].text


QUOTED: list[Run] = [
    "Here the network is trained for 5 x 10",
    ("5", UP),
    " steps in all",
]


@pytest.mark.parametrize("power", ["10^5", "10⁵", "10^{5}", "10$^5$", "10^ 5"])
def test_a_quote_finds_a_power_however_it_writes_it(power: str) -> None:
    """Quotes are compared by letters and digits."""
    document = read(QUOTED)

    hit = find_quote(
        f"the network is trained for 5 x {power} steps in all", of(document)
    )

    assert isinstance(hit, LocatedQuote)
    assert hit.is_verbatim
    assert hit.place.page == 2
    assert "5 x 10^5 steps" in hit.place.sentence


def test_the_place_of_a_quote_is_the_line_it_stands_on() -> None:
    """Marks in earlier lines move offsets; lines and boxes follow."""
    first: list[Run] = ["Here are 10", ("-3", UP), " of the notes", ("1", UP)]
    document = read(first, ["while zebras eat 10", ("5", UP), " leaves of green grass"])
    section = document.sections[-1]

    hit = find_quote("zebras eat 10^5 leaves of green grass", of(document))

    assert isinstance(hit, LocatedQuote)
    at = section.text.index("while zebras")
    line = next(line for line in section.lines if line.start == at)
    assert hit.place.box == line.box


def of(document: Document) -> PrintedText:
    """What a document and an empty record say."""
    return PrintedText(document, Paper(id="x", title="", abstract="", authors=()))
