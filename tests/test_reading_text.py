"""Running text: whole, in order, each character once; the rest kept apart."""

from __future__ import annotations

import re
from collections import Counter

import pymupdf
import pytest

from chatpaper.reading import parse_document
from chatpaper.reading.pages import (
    Joiner,
    repair,
)
from chatpaper.records import Fact
from pdfs import BOLD, ITALIC, Setter, paper, texts

LEFT, RIGHT = (54, 296), (316, 558)


def all_text(setter: Setter) -> str:
    """Text of all sections."""
    return "\n\n".join(texts(parse_document("x", setter.pdf()).sections))


def test_two_columns_are_read_one_after_the_other() -> None:
    """Even if the file draws them line by line, side by side."""
    setter = Setter()
    setter.put(150, 80, "A Title over Both Columns", fontname=BOLD, fontsize=17)
    for at in range(40):
        y = 120 + 12 * at
        setter.put(54, y, f"left column of the page, printed line number {at}.")
        setter.put(316, y, f"right column of the page, printed line number {at}.")

    text = all_text(setter)

    numbers = [int(n) for n in re.findall(r"line number (\d+)", text)]
    assert numbers == [*range(40), *range(40)]
    assert text.index("left column") < text.index("right column")


def test_a_full_width_row_parts_the_columns() -> None:
    """What stands above it is read before what stands below it."""
    setter = Setter()
    wide = "a row of text that runs over both of the columns from the left to the right"
    for at in range(40):
        y = 90 + 12 * at
        if at == 20:
            setter.put(54, y, f"{wide} of the page without a gap")
            continue
        part = "upper" if at < 20 else "lower"
        setter.put(54, y, f"left column, {part} part, is what this line says.")
        setter.put(316, y, f"right column, {part} part, is what this line says.")

    text = all_text(setter)

    order = ["left column, upper", "right column, upper", "a row of text",
             "left column, lower", "right column, lower"]  # fmt: skip
    places = [text.index(words) for words in order]
    assert places == sorted(places)


def test_every_character_is_kept_once() -> None:
    """Sections and passages together hold what plain extraction holds."""
    pdf = paper("1 Introduction", "2 Method", "2.1 Losses", "References")
    with pymupdf.Document(stream=pdf, filetype="pdf") as file:
        plain = "".join(page.get_text() for page in file)

    document = parse_document("x", pdf)

    parts = [f"{s.number or ''}{s.title}{s.text}" for s in document.sections]
    parts += [p.text for p in document.passages]
    assert Counter(re.sub(r"\W", "", "".join(parts))) == Counter(
        re.sub(r"\W", "", plain)
    )


def test_each_line_knows_its_page_and_box() -> None:
    """Offsets are those of the text, boxes those of the page."""
    setter = Setter()
    setter.heading("1 Introduction")
    setter.prose(30)
    setter.turn_page()
    setter.prose(5, start="Zebras")
    pdf = setter.pdf()

    section = parse_document("x", pdf).sections[-1]

    starts = [line.start for line in section.lines]
    shrink = (-1, 3, 1, -3)
    assert starts == sorted(set(starts))
    with pymupdf.Document(stream=pdf, filetype="pdf") as file:
        for line, end in zip(section.lines, [*starts[1:], None], strict=True):
            page = file[line.page - 1]
            there = page.get_textbox(pymupdf.Rect(line.box) + shrink)
            assert section.text[line.start : end].split() == there.split()
    zebras = section.text.index("Zebras")
    assert [line.page for line in section.lines if line.start == zebras] == [2]


def test_what_surrounds_the_text_is_kept_apart() -> None:
    """Running heads, page numbers and the side stamp are margins."""
    setter = Setter()
    for number in range(1, 5):
        setter.put(250, 40, "A. Example: On Small Networks", fontsize=8)
        setter.put(300, 765, str(number))
        setter.heading(f"{number} Part {['one', 'two', 'three', 'four'][number - 1]}")
        setter.prose(12)
        if number < 4:
            setter.turn_page()
    setter.put(25, 500, "arXiv:2401.00001v1  [cs.LG]  1 Jan 2024", rotate=90)

    document = parse_document("x", setter.pdf())

    margins = [p.text for p in document.passages if p.kind == "margin"]
    assert margins.count("A. Example: On Small Networks") == 4
    assert {"1", "2", "3", "4"} <= set(margins)
    assert any(text.startswith("arXiv:2401.00001v1") for text in margins)
    assert not any("Example" in s.text or "arXiv" in s.text for s in document.sections)


def test_numbers_of_lines_are_kept_apart() -> None:
    """Review copies count their lines beside the text."""
    setter = Setter()
    setter.heading("1 Introduction")
    for number in range(1, 31):
        setter.put(80, setter.y, str(number), fontsize=6)
        setter.line("a line of a review copy that goes over all of its column here")

    document = parse_document("x", setter.pdf())

    assert not re.search(r"\d", document.sections[-1].text)
    assert sum(p.kind == "margin" for p in document.passages) >= 1


def test_a_footnote_is_a_passage() -> None:
    """Small print with a raised mark at the foot does not break a sentence."""
    setter = Setter()
    setter.heading("1 Introduction")
    setter.prose(20)
    setter.put(108, 697, "1", fontsize=5)
    setter.put(112, 700, "See the page of the project for more of this.", fontsize=8)

    document = parse_document("x", setter.pdf())

    notes = [p.text for p in document.passages if p.kind == "footnote"]
    assert notes == ["1 See the page of the project for more of this."]
    assert "project" not in document.sections[-1].text


def test_paragraphs_are_split_by_a_blank_line() -> None:
    """An indented line after a full stop opens one."""
    setter = Setter()
    setter.heading("1 Introduction")
    setter.prose(4)
    setter.y -= 2
    setter.put(123, setter.y, "Then a new paragraph begins, a little to the right of")
    setter.y += 12
    setter.prose(3)

    paragraphs = parse_document("x", setter.pdf()).sections[-1].text.split("\n\n")

    assert [p.split(" ")[0] for p in paragraphs] == ["the", "Then"]


def test_entries_of_a_bibliography_are_paragraphs() -> None:
    """Also where its heading is not printed."""
    setter = Setter()
    setter.heading("1 Introduction")
    setter.prose(5)
    for number in range(1, 8):
        setter.line(f"[{number}] A. Example and B. Sample, On networks, part {number},")
        setter.put(126, setter.y, f"Journal of Examples {number}, 12 (2020).")
        setter.y += 12

    sections = parse_document("x", setter.pdf()).sections

    assert [s.kind for s in sections] == ["section", "references"]
    assert len(sections[-1].text.split("\n\n")) == 7


def test_a_page_on_its_side_is_read_upright() -> None:
    """Landscape pages are text like any other, and boxes stay the page's own."""
    setter = Setter()
    setter.heading("1 Introduction")
    setter.prose(10)
    setter.turn_page()
    for at in range(20):
        x = 100 + 12 * at
        setter.put(x, 700, f"sideways words of the landscape page, {at}", rotate=90)

    document = parse_document("x", setter.pdf())

    numbers = re.findall(r"landscape page, (\d+)", document.sections[-1].text)
    assert numbers == [str(at) for at in range(20)]
    last = document.sections[-1].lines[-1]
    assert last.page == 2
    assert last.box[3] - last.box[1] > 100 > last.box[2] - last.box[0]


@pytest.mark.parametrize(
    ("printed", "meant"),
    [
        ("Universit´e de Montr´eal", "Université de Montréal"),
        ("Erd˝os and R´enyi", "Erdős and Rényi"),
        ("na¨ıve Schr¨odinger", "naïve Schrödinger"),
        ("Fran¸cois, Mu˜noz, Koˇsec", "François, Muñoz, Košec"),
        ("plain ASCII ` stays", "plain ASCII ` stays"),
        ("already composed: é", "already composed: é"),
    ],
)
def test_accents_are_put_on_their_letters(printed: str, meant: str) -> None:
    """Old fonts print an accent and its letter one after the other."""
    assert repair(printed) == meant


@pytest.mark.parametrize(
    ("lines", "whole"),
    [
        (["a genera-", "tive net"], "a generative net"),
        (["a non-", "linear map"], "a non-linear map"),
        (["the state-of-", "the-art net"], "the state-of-the-art net"),
        (["the Jensen-", "Shannon gap"], "the Jensen-Shannon gap"),
        (["pages 10-", "20 of it"], "pages 10-20 of it"),
        (["at https://example.org/", "code now"], "at https://example.org/code now"),
        (["it ends -", "here"], "it ends - here"),
        (["one line", "and one"], "one line and one"),
    ],
)
def test_lines_are_joined_as_a_reader_would(lines: list[str], whole: str) -> None:
    """Hyphens go where they only broke a word; the document's own words tell."""
    joiner = Joiner([*lines, "a non-linear net"])

    assert joiner.join(lines) == whole


def test_front_matter_is_told_apart() -> None:
    """Title, abstract and the address of the code."""
    setter = Setter()
    setter.put(140, 90, "Learning with Small Networks", fontname=BOLD, fontsize=17)
    setter.put(220, 115, "Ada Example and Ben Sample")
    setter.put(170, 130, "1", fontsize=6)
    setter.put(175, 133, "Department of Examples, University of Somewhere")
    setter.y = 150
    setter.heading("Abstract", centred=True)
    setter.prose(5, start="We")
    setter.line("Code is at https://github.com/example/small-networks today.")
    setter.heading("1 Introduction")
    setter.prose(8)

    document = parse_document("x", setter.pdf())

    assert document.title == "Learning with Small Networks"
    assert document.abstract.startswith("We the network learns")
    assert document.abstract.endswith("today.")
    assert document.code_url == Fact(
        text="https://github.com/example/small-networks",
        quote="Code is at https://github.com/example/small-networks today.",
        page=1,
    )


def test_an_abstract_needs_no_heading() -> None:
    """The prose between the authors and the first section is one."""
    setter = Setter()
    setter.put(140, 90, "Learning with Small Networks", fontname=BOLD, fontsize=17)
    setter.put(220, 118, "Ada Example", fontsize=11)
    setter.y = 150
    setter.size = 9
    setter.prose(5, start="We show that. After this")
    setter.size = 10
    setter.heading("1 Introduction")
    setter.prose(30)

    assert parse_document("x", setter.pdf()).abstract.startswith("We show that.")


def test_a_run_in_abstract_ends_before_the_index_terms() -> None:
    """IEEE sets "Abstract" and "Index Terms" at the start of bold paragraphs."""
    setter = Setter(LEFT, RIGHT)
    setter.put(54, 90, "Learning with Small Networks", fontname=BOLD, fontsize=20)
    setter.y = 140
    setter.put(54, 140, "Abstract", fontname="tibi", fontsize=9)
    setter.put(
        87,
        140,
        "- We show that small networks learn. We say how",
        fontname=BOLD,
        fontsize=9,
    )
    setter.put(
        54,
        152,
        "they learn and what from, over many rounds.",
        fontname=BOLD,
        fontsize=9,
    )
    setter.put(54, 168, "Index Terms: networks, learning.", fontname=BOLD, fontsize=9)
    setter.y = 180
    setter.heading("I. INTRODUCTION", size=10, centred=True)
    setter.prose(20)
    setter.heading("II. METHOD", size=10, centred=True)
    setter.prose(12)

    abstract = parse_document("x", setter.pdf()).abstract

    assert abstract.startswith("We show that small networks learn.")
    assert abstract.endswith("over many rounds.")


def test_italic_words_do_not_open_a_section() -> None:
    """Emphasis within the text is text."""
    setter = Setter()
    setter.heading("1 Introduction")
    setter.prose(4)
    setter.line("an emphatic line in italics", fontname=ITALIC)
    setter.prose(4)

    assert len(parse_document("x", setter.pdf()).sections) == 1
