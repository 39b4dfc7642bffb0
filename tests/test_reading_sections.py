"""Headings of every kind, found by number, style and place."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pymupdf
import pytest

from chatpaper.reading import parse_document
from chatpaper.reading.headings import read_number
from chatpaper.records import Section
from pdfs import BOLD, FONT, ITALIC, ROMAN, Setter, paper

LEFT, RIGHT = (54, 296), (316, 558)


def _told(sections: Sequence[Section]) -> list[tuple[int, str | None, str]]:
    return [(s.level, s.number, s.title) for s in sections if s.title]


def _read(setter: Setter) -> list[tuple[int, str | None, str]]:
    return _told(parse_document("x", setter.pdf()).sections)


def _set(setter: Setter, *headings: tuple[str, float, str, bool]) -> Setter:
    for at, (text, size, font, centred) in enumerate(headings):
        setter.heading(text, size=size, font=font, centred=centred)
        setter.prose(5, start="Now", seed=at)
    return setter


def test_arabic_numbers_give_levels() -> None:
    """Depth of the number is depth of the section."""
    setter = _set(
        Setter(),
        ("1 Introduction", 12, BOLD, False),
        ("2 Method", 12, BOLD, False),
        ("2.1 Losses", 10, BOLD, False),
        ("2.1.1 Hinge loss", 10, BOLD, False),
        ("2.2 Networks", 10, BOLD, False),
        ("3 Conclusion", 12, BOLD, False),
    )

    assert _read(setter) == [
        (1, "1", "Introduction"),
        (1, "2", "Method"),
        (2, "2.1", "Losses"),
        (3, "2.1.1", "Hinge loss"),
        (2, "2.2", "Networks"),
        (1, "3", "Conclusion"),
    ]


def test_roman_sections_hold_lettered_and_counted_ones() -> None:
    """Physics papers number I, A, 1; a letter's level depends on what it follows."""
    setter = _set(
        Setter(),
        ("I. INTRODUCTION", 10, BOLD, True),
        ("II. MODEL", 10, BOLD, True),
        ("A. Fields", 10, BOLD, True),
        ("1. Free fields", 10, ITALIC, True),
        ("2. Bound fields", 10, ITALIC, True),
        ("B. Sources", 10, BOLD, True),
        ("III. RESULTS", 10, BOLD, True),
        ("Appendix A: Sums", 10, BOLD, True),
    )

    assert [(level, number) for level, number, _ in _read(setter)] == [
        (1, "I"), (1, "II"), (2, "A"), (3, "1"), (3, "2"), (2, "B"), (1, "III"),
        (1, "A"),
    ]  # fmt: skip


def test_appendices_follow_the_references() -> None:
    """Letters after the bibliography are appendices of the first level."""
    pdf = paper(
        "1 Introduction", "2 Method", "3 Results", "Acknowledgments", "References",
        "A Proofs", "A.1 First proof", "B Data",
    )  # fmt: skip

    sections = parse_document("x", pdf).sections

    assert [(s.level, s.number, s.kind) for s in sections if s.title][1:] == [
        (1, "1", "section"),
        (1, "2", "section"),
        (1, "3", "section"),
        (1, None, "acknowledgements"),
        (1, None, "references"),
        (1, "A", "appendix"),
        (2, "A.1", "appendix"),
        (1, "B", "appendix"),
    ]


def test_a_paper_without_numbers_is_split_by_style() -> None:
    """Where nothing is numbered, size and place tell the levels."""
    setter = _set(
        Setter(),
        ("Abstract", 10, BOLD, True),
        ("Introduction", 12, BOLD, True),
        ("Related Work", 12, BOLD, True),
        ("Sequence Models", 11, BOLD, False),
        ("Conclusion", 12, BOLD, True),
    )

    assert _read(setter)[1:] == [
        (1, None, "Introduction"),
        (1, None, "Related Work"),
        (2, None, "Sequence Models"),
        (1, None, "Conclusion"),
    ]


def test_a_heading_over_two_lines_is_one() -> None:
    """Its parts are joined, and a hyphen that only broke a word goes."""
    setter = Setter(LEFT, RIGHT)
    setter.heading("1 Introduction")
    setter.prose(6)
    setter.y += 12
    setter.line("2 A Method for Training Networks of Ele-", fontname=BOLD, fontsize=12)
    setter.y += 2
    setter.line("ments on Pictures", fontname=BOLD, fontsize=12)
    setter.y += 6
    setter.prose(6)
    setter.heading("3 End")
    setter.prose(6)

    assert (1, "2", "A Method for Training Networks of Elements on Pictures") in _read(
        setter
    )


def test_a_run_in_heading_ends_where_the_text_begins() -> None:
    """The rest of its line is the section's text."""
    setter = Setter()
    setter.heading("1 Introduction")
    setter.prose(6)
    setter.heading("2 Data")
    setter.prose(6)
    for number, title in (("2.1.", "Pictures."), ("2.2.", "Words.")):
        setter.y += 8
        head = f"{number} {title}"
        setter.put(108, setter.y, head, fontname=BOLD)
        setter.put(175, setter.y, "We take them from the usual place and")
        setter.y += 12
        setter.prose(4)
    setter.heading("3 End")
    setter.prose(3)

    document = parse_document("x", setter.pdf())

    section = next(s for s in document.sections if s.number == "2.1")
    assert (section.level, section.title) == (2, "Pictures")
    assert section.text.startswith("We take them from the usual place and the network")


def test_small_capitals_are_folded_to_the_printed_case() -> None:
    """Capitals of two sizes are a word with an initial, not two words."""
    setter = Setter()
    for number, first, rest in (("1", "I", "NTRODUCTION"), ("2", "M", "ETHOD")):
        setter.y += 14
        setter.put(108, setter.y, number, fontsize=12)
        setter.put(126, setter.y, first, fontsize=12)
        width = {"I": 4.2, "M": 10.8}[first]
        setter.put(126 + width, setter.y, rest, fontsize=9.6)
        setter.y += 18
        setter.prose(6)
    setter.heading("3 Results", font=ROMAN)
    setter.prose(6)

    assert _read(setter)[:2] == [(1, "1", "Introduction"), (1, "2", "Method")]


@pytest.mark.parametrize(
    "line",
    [
        "Figure 2 The second network",
        "Table 1 Results",
        "Theorem 2. All networks end",
        "2: end for",
        "2.5 0.71 0.33 0.12",
        "2 else if x > 3 then return y;",
    ],
)
def test_other_numbered_lines_are_no_headings(line: str) -> None:
    """Captions, theorems, algorithm lines and cells are not fooled by bold type."""
    setter = Setter()
    setter.heading("1 Introduction")
    setter.prose(6)
    setter.y += 10
    setter.line(line, fontname=BOLD)
    setter.y += 6
    setter.prose(6)
    setter.heading("2 Method")
    setter.prose(6)
    setter.heading("3 End")
    setter.prose(6)

    assert [title for _, _, title in _read(setter)] == ["Introduction", "Method", "End"]


def test_a_list_is_no_sequence_of_sections() -> None:
    """Items count from one like sections do, but are set like the text."""
    setter = Setter()
    setter.heading("1 Introduction")
    setter.prose(6)
    for item in ("1. We show a map.", "2. We show a path.", "3. We show an end."):
        setter.line(item)
    setter.heading("2 Method")
    setter.prose(6)

    assert [number for _, number, _ in _read(setter)] == ["1", "2"]


def test_a_table_of_contents_is_no_sequence_of_sections() -> None:
    """The same headings stand twice; only those with text below them count."""
    setter = Setter()
    setter.heading("Contents")
    for at, title in enumerate(("Introduction", "Method", "Results"), start=1):
        setter.put(108, setter.y, f"{at} {title}", fontname=BOLD)
        setter.put(480, setter.y, str(at + 1), fontname=BOLD)
        setter.y += 16
    setter.turn_page()
    for at, title in enumerate(("Introduction", "Method", "Results"), start=1):
        setter.heading(f"{at} {title}", size=14)
        setter.prose(6)

    sections = parse_document("x", setter.pdf()).sections

    assert [(s.number, s.page) for s in sections if s.number] == [
        ("1", 2), ("2", 2), ("3", 2),
    ]  # fmt: skip


def test_a_chapter_number_may_stand_above_its_title() -> None:
    """Books print the number on a line of its own."""
    setter = Setter(top=150)
    for number, title in ((1, "Introduction"), (2, "Modeling")):
        setter.line(str(number), fontname=BOLD, fontsize=20)
        setter.y += 12
        setter.line(title, fontname=BOLD, fontsize=20)
        setter.y += 40
        setter.prose(8)
        setter.heading(f"{number}.1 Parts")
        setter.prose(8)
        setter.turn_page()

    assert _read(setter) == [
        (1, "1", "Introduction"), (2, "1.1", "Parts"),
        (1, "2", "Modeling"), (2, "2.1", "Parts"),
    ]  # fmt: skip


def test_the_files_own_outline_is_not_needed() -> None:
    """A wrong outline changes nothing."""
    import pymupdf

    pdf = paper("1 Introduction", "2 Method")
    document = pymupdf.Document(stream=pdf, filetype="pdf")
    document.set_toc([[1, "Quite another thing", 1]])
    misled = document.tobytes()
    document.close()

    assert parse_document("x", misled) == parse_document("x", pdf)


@pytest.mark.parametrize("style", [{"fontname": "helv"}, {"color": (0, 0, 0.8)}])
def test_a_font_or_colour_of_their_own_tells_headings(style: dict[str, Any]) -> None:
    """Journals set headings as large as the text, in fonts whose names say nothing."""
    names = ["Introduction", "Model of the night", "Results", "Discussion"]
    setter = Setter()
    setter.heading("Abstract", size=10)
    setter.prose(5)
    for name in names:
        setter.y += 14
        setter.line(name, **style)
        setter.prose(8, start="Here")
    setter.turn_page()
    setter.line("Data availability", **style)
    setter.prose(8)

    assert [title for _, _, title in _read(setter)[1:]] == [*names, "Data availability"]


def test_a_link_is_no_heading() -> None:
    """Colour within a row of text tells nothing."""
    setter = Setter()
    setter.heading("1 Introduction")
    for nth in range(12):
        setter.put(108, setter.y, "Results", color=(0, 0, 1))
        setter.put(
            145, setter.y, f"of other authors are of use here, too, and {nth} more."
        )
        setter.y += 12

    assert [title for _, _, title in _read(setter)] == ["Introduction"]


def test_paragraphs_with_bold_names_are_second_level_in_a_paper_without_numbers() -> (
    None
):
    """Their heading ends with its stop, and the text goes on behind it."""
    setter = Setter()
    for name in ("Introduction", "Methods", "Results", "Discussion"):
        setter.heading(name)
        setter.prose(4)
        setter.y += 10
        setter.put(108, setter.y, f"Part of {name.lower()}.", fontname=BOLD)
        setter.put(240, setter.y, "This is what the part says of what was done there.")
        setter.y += 12
        setter.prose(5)
    told = _read(setter)

    assert (1, None, "Methods") in told
    assert (2, None, "Part of methods") in told
    assert len(told) == 8


def _paragraph(setter: Setter, name: str, dash: str) -> None:
    """A paragraph as in letters to physics journals: `Name.—It goes on`."""
    x, page = setter.columns[setter.column][0] + 10, setter.page
    writer: Any = pymupdf.TextWriter(page.rect)
    _, (x, _) = writer.append((x, setter.y), name, pymupdf.Font(ITALIC), setter.size)
    writer.append((x, setter.y), f"{dash}It goes on with what", FONT, setter.size)
    writer.write_text(page)
    setter.y += 12
    setter.prose(4)


def _letter(*names: str, dash: str = ".—") -> Setter:
    setter = Setter(LEFT, RIGHT, top=220)
    setter.put(150, 90, "On Small Networks", fontname=BOLD, fontsize=17)
    setter.put(190, 115, "Ada Example, University of Somewhere")
    setter.prose(6, start="Small")
    for name in names:
        _paragraph(setter, name, dash)
        setter.prose(4, start="Then")
    return setter


@pytest.mark.parametrize("dash", [".—", "—", ".–", ". —", ":—"])
def test_a_letter_is_split_where_slanted_names_stand_before_a_dash(dash: str) -> None:
    """They open a paragraph; the text goes on behind the dash."""
    names = ("Introduction", "Model and symmetries", "Acknowledgments")
    document = parse_document("x", _letter(*names, dash=dash).pdf())

    assert _told(document.sections) == [(1, None, name) for name in names]
    model = next(s for s in document.sections if s.title == names[1])
    assert model.text.startswith("It goes on with what the network")
    assert document.sections[-1].kind == "acknowledgements"


def test_the_numbered_supplement_of_a_letter_keeps_its_own_headings() -> None:
    """Slanted names are no headings once numbers have begun."""
    setter = _letter("Introduction", "Model and symmetries")
    setter.turn_page()
    for number, name in enumerate(("Proofs", "Data", "Cost"), 1):
        setter.heading(f"{number} {name}")
        setter.prose(4)
        _paragraph(setter, "In passing", ".—")
    told = [title for _, _, title in _read(setter)]

    assert told == ["Introduction", "Model and symmetries", "Proofs", "Data", "Cost"]


def test_one_slanted_phrase_before_a_dash_is_no_heading() -> None:
    """A letter has several; a phrase may stand out once."""
    assert _read(_letter("In other words")) == []


def test_slanted_names_stand_below_bold_ones_in_a_paper_without_numbers() -> None:
    """Journals set three levels so, two of them with text behind the name."""
    setter = Setter()
    for name in ("Introduction", "Methods", "Results", "Discussion"):
        setter.heading(name)
        setter.prose(4)
        for part, font in (("Data", BOLD), ("Model", ITALIC)):
            setter.y += 10
            setter.put(108, setter.y, f"{part} of it.", fontname=font)
            setter.put(170, setter.y, "This is what the part says of what was done.")
            setter.y += 12
            setter.prose(2)
    told = _read(setter)

    assert told[:3] == [
        (1, None, "Introduction"),
        (2, None, "Data of it"),
        (3, None, "Model of it"),
    ]
    assert len(told) == 12


def test_a_chinese_paper_has_its_headings_and_no_others() -> None:
    """Chinese numbers count sections, Arabic ones theirs; no line of text is one."""
    setter = Setter(size=10.5)
    line = "波浪能是一种无污染而且储量很大的能源，本文用MATLAB 求解方程组并给出了结果"

    def text(lines: int) -> None:
        for _ in range(lines):
            setter.line(line, fontname="china-s")
        setter.line("由此得到了最优的参数。", fontname="china-s")

    def head(words: str, size: float) -> None:
        setter.heading(words, size=size, font="china-s")

    setter.put(180, 80, "波浪能转化装置的研究", fontname="china-s", fontsize=18)
    head("摘要", 14)
    text(6)
    setter.line("关键词：波浪能 动力学", fontname="china-s")
    head("一、问题重述", 15)
    head("1.1 问题背景", 13)
    text(5)
    head("1.2 问题要求", 13)
    text(5)
    setter.turn_page()
    head("二、模型的建立", 15)
    text(5)
    head("参考文献", 15)
    for nth in range(1, 6):
        entry = f"[{nth}] 张三. 波浪能[J]. 海洋工程, 201{nth}, 3{nth}(2): 1{nth}-19."
        setter.line(entry, fontname="china-s")
    document = parse_document("x", setter.pdf())

    assert document.title == "波浪能转化装置的研究"
    assert document.abstract.startswith("波浪能是")
    assert document.abstract.endswith("参数。")
    assert "结果波浪能" in document.abstract
    assert _told(document.sections) == [
        (1, None, "摘要"),
        (1, "一", "问题重述"),
        (2, "1.1", "问题背景"),
        (2, "1.2", "问题要求"),
        (1, "二", "模型的建立"),
        (1, None, "参考文献"),
    ]


@pytest.mark.parametrize(
    ("printed", "path"),
    [
        ("三、模型", [("D", 3)]),
        ("第十二章 模型", [("D", 12)]),
        ("第2节 模型", [("H", 2)]),
        ("（四）模型", [("H", 4)]),
        ("二十一、模型", [("D", 21)]),
        ("一种模型", None),
    ],
)
def test_chinese_numbers_are_read(printed: str, path: list[tuple[str, int]]) -> None:
    """With the mark that makes a number of them."""
    readings = read_number(printed)

    assert [list(reading.parts) for reading in readings] == ([path] if path else [])


def test_a_heading_goes_on_where_it_cannot_end() -> None:
    """Its first words may be larger than the title that they lead to."""
    setter = Setter()
    for heading in ("1 Introduction", "2 Method", "3 Results", "References"):
        setter.heading(heading)
        setter.prose(4)
    setter.turn_page()
    setter.heading("Supplementary Material for", size=17, centred=True)
    setter.put(160, setter.y + 6, "Networks at Night", fontname=BOLD, fontsize=14)
    setter.y += 30
    setter.prose(8)

    assert _read(setter)[-1][2] == "Supplementary Material for Networks at Night"


def test_a_large_heading_at_the_top_of_pages_is_no_running_head() -> None:
    """Chapters that open pages stand where running heads stand."""
    setter = Setter(top=70)
    for name in ("1 Introduction", "2 Method", "3 Results", "4 Conclusion"):
        setter.put(108, 70, name, fontname=BOLD, fontsize=16)
        setter.y = 110
        setter.prose(40)
        setter.turn_page()

    assert [number for _, number, _ in _read(setter)] == ["1", "2", "3", "4"]


def test_a_bold_line_that_ends_with_a_colon_leads_to_text() -> None:
    """It is no heading without a number, whatever its words."""
    setter = Setter()
    for heading in ("1 Introduction", "2 Method", "3 Results"):
        setter.heading(heading)
        setter.prose(4)
    setter.heading("Conclusion of Step 1:")
    setter.prose(6)
    setter.heading("4 Conclusion")
    setter.prose(4)

    assert [number for _, number, _ in _read(setter)] == ["1", "2", "3", "4"]
