"""Title page and abstract, in the layouts that journals and preprints have."""

from __future__ import annotations

import pytest

from chatpaper.reading import parse_document
from chatpaper.records import Document
from pdfs import BOLD, ITALIC, ROMAN, Setter

LEFT, RIGHT = (54, 296), (316, 558)
TITLE = "How Small Networks Learn at Night"
PLACES = (
    "1Department of Physics, University of Somewhere, 12345 Somewhere, Ruritania",
    "2Institute for Networks, Elsewhere College, 54321 Elsewhere, Ruritania",
)


def front(setter: Setter, *, title: str = TITLE, places: bool = True) -> None:
    """A title with authors and where they work."""
    setter.put(120, 80, title, fontname=BOLD, fontsize=16)
    setter.put(200, 104, "A. Author1, B. Writer2 and C. Reader1")
    if places:
        for nth, place in enumerate(PLACES):
            setter.put(130, 122 + 12 * nth, place, fontname=ITALIC, fontsize=9)
    setter.y = 165


def abstract(
    setter: Setter, x0: float, x1: float, *, size: float = 9, lines: int = 7,
    font: str = ROMAN, start: str = "We show",
) -> None:  # fmt: skip
    """A block of prose between two x, from "We show" to "ends here."."""
    inner = Setter((x0, x1), size=size)
    inner.document.close()
    inner.document, inner.page, inner.y = setter.document, setter.page, setter.y
    inner.prose(lines - 1, start=start)
    inner.put(x0, inner.y - 2, "which is where it ends here.", fontname=font)
    setter.y = inner.y + 16


def body(setter: Setter, *headings: str) -> Document:
    """Sections of text behind the front, and the document."""
    for heading in headings:
        setter.heading(heading)
        setter.prose(8, start="Here")
    return parse_document("x", setter.pdf())


def right(document: Document) -> bool:
    """Whether the abstract begins and ends where it does on the page."""
    found = document.abstract
    return found.startswith("We show") and found.endswith("ends here.")


def unsent(document: Document) -> str:
    """What stands before the abstract and the text."""
    return "\n".join(s.text for s in document.sections if s.kind == "front")


@pytest.mark.parametrize("word", ["Abstract", "ABSTRACT", "Summary", "Abstract.",
                                  "A B S T R A C T", "Resumen", "Zusammenfassung",
                                  "Abstract (opening paragraph)"])  # fmt: skip
def test_a_word_above_heads_the_abstract(word: str) -> None:
    """In any type, even that of the text or smaller."""
    setter = Setter()
    front(setter)
    setter.put(280, setter.y, word, fontsize=9)
    setter.y += 16
    abstract(setter, 130, 480)
    document = body(setter, "1 Introduction", "2 Method")

    assert right(document)
    assert "University" not in document.abstract


@pytest.mark.parametrize(
    "word", ["Abstract. ", "ABSTRACT. ", "Abstract— ", "Summary: "]
)
def test_a_word_in_the_row_heads_the_abstract(word: str) -> None:
    """Mathematicians set it so, in small type and narrower than the text."""
    setter = Setter()
    front(setter, places=False)
    abstract(setter, 150, 460, size=8, start=f"{word}We show")
    setter.put(108, 720, "This research was supported by the Council of Ruritania. We "
               "thank all", fontsize=8)  # fmt: skip
    setter.put(108, 730, "of them for their help. It was done at night.", fontsize=8)
    document = body(setter, "1 Introduction", "2 Method")

    assert right(document)


def test_a_letter_has_an_abstract_and_a_text_without_headings() -> None:
    """The abstract ends where type and width change; the rest is the text."""
    setter = Setter(LEFT, RIGHT)
    front(setter)
    abstract(setter, 108, 504)
    for _ in range(2):
        setter.prose(30, start="Networks", seed=4)
        setter.turn_column()
        setter.y = 300
    document = parse_document("x", setter.pdf())

    assert right(document)
    assert [s.kind for s in document.sections] == ["front", "abstract", "section"]
    assert document.sections[-1].text.startswith("Networks")


def test_a_manuscript_goes_on_behind_its_abstract() -> None:
    """A heading over the abstract alone does not make the paper its abstract."""
    setter = Setter()
    front(setter)
    setter.put(280, setter.y, "Abstract", fontsize=12)
    setter.y += 18
    abstract(setter, 108, 504)
    setter.turn_page()
    setter.prose(40, start="Networks")
    document = parse_document("x", setter.pdf())

    assert right(document)
    assert document.sections[-1].kind == "section"


def test_an_abstract_beside_a_box_of_notes() -> None:
    """A box with keywords stands at its left; the text has one column."""
    setter = Setter()
    setter.put(250, 40, "Journal of Nets", fontsize=20)
    front(setter)
    top = setter.y
    for nth, words in enumerate(("A R T I C L E I N F O", "Article history:",
                                 "Received 1 May 2020", "Keywords:", "Night",
                                 "Networks")):  # fmt: skip
        setter.put(108, top + 14 * nth, words, fontsize=8)
    setter.put(230, top, "A B S T R A C T", fontsize=8)
    setter.y = top + 14
    abstract(setter, 230, 504, size=8, lines=9)
    setter.put(400, setter.y - 10, "© 2020 Elsevier B.V. All rights reserved.",
               fontsize=7)  # fmt: skip
    document = body(setter, "1. Introduction", "2. Method")

    assert right(document)
    assert "Received" not in document.abstract
    assert document.title == TITLE


def test_a_margin_of_notes_stands_beside_the_whole_front() -> None:
    """Its lines are read before the title and the abstract, not among them."""
    setter = Setter((230, 504))
    for nth in range(12):
        setter.put(60, 70 + 30 * nth, f"Received: May {nth + 1}, 2020", fontsize=8)
    setter.put(230, 80, TITLE, fontname=BOLD, fontsize=15)
    setter.put(230, 104, "A. Author1, B. Writer2 and C. Reader1")
    setter.put(230, 124, PLACES[0][:60], fontname=ITALIC, fontsize=9)
    setter.y = 150
    setter.heading("Abstract")
    abstract(setter, 230, 504, lines=9)
    document = body(setter, "Introduction", "Results", "Discussion")

    assert right(document)
    assert "Received" not in document.abstract
    assert document.title == TITLE


@pytest.mark.parametrize("names", [("1 Introduction", "2 Method", "3 Results"),
                                   ("Introduction", "Methods", "Results")])  # fmt: skip
def test_an_abstract_without_a_heading_follows_the_places(
    names: tuple[str, ...],
) -> None:
    """Even set like the text and close under them; the headings stay."""
    setter = Setter()
    front(setter)
    setter.y = 152
    abstract(setter, 108, 504, size=10)
    document = body(setter, *names)

    assert right(document)
    assert [s.title for s in document.sections if s.title] == [
        name.lstrip("123 ") for name in names
    ]


def test_thanks_are_no_abstract() -> None:
    """The first prose of a thesis may be anything."""
    setter = Setter()
    front(setter, places=False)
    setter.y = 300
    setter.prose(7, start="I would like to thank everybody for what they did:")
    setter.turn_page()
    document = body(setter, "1 Introduction", "2 Method")

    assert document.abstract == ""


def test_an_abstract_goes_on_in_the_next_column() -> None:
    """It is inset in both, and the text follows under it."""
    setter = Setter(LEFT, RIGHT)
    front(setter)
    setter.y = 500
    setter.heading("Abstract", centred=True)
    setter.columns = ((72, 280), (334, 540))
    setter.prose(16, start="We show")
    setter.put(
        72, setter.y - 2, "so that it goes on, over the gap, in what", fontsize=10
    )
    setter.put(334, 200, "stands here at the right, and ends here.")
    setter.columns = (LEFT, RIGHT)
    setter.column, setter.y = 1, 220
    document = body(setter, "1 Introduction", "2 Method", "3 Results")

    assert right(document)


def test_the_parts_of_a_structured_abstract_are_no_sections() -> None:
    """Headings named as the paper's own stand within the abstract."""
    setter = Setter()
    front(setter)
    setter.heading("Abstract")
    for name in ("Background", "Methods", "Results"):
        setter.heading(name, size=10)
        setter.prose(3, start="We show" if name == "Background" else "Then")
    setter.heading("Conclusions", size=10)
    setter.line("This is all of it, and it ends here.")
    setter.turn_page()
    names = ["Introduction", "Methods", "Results", "Discussion"]
    document = body(setter, *names)

    assert document.abstract.startswith(("We show", "Background We show"))
    assert document.abstract.endswith("ends here.")
    assert [s.title for s in document.sections if s.kind == "section"] == names


def test_the_first_of_two_languages_is_the_abstract() -> None:
    """The other one is an abstract too, and no part of the text."""
    setter = Setter()
    front(setter)
    setter.heading("Abstract", size=10)
    abstract(setter, 108, 504)
    setter.heading("Résumé", size=10)
    setter.prose(5, start="Nous montrons")
    document = body(setter, "1 Introduction", "2 Method")
    kinds = [s.kind for s in document.sections]

    assert right(document)
    assert kinds == ["front", "abstract", "abstract", "section", "section"]


def test_notes_under_an_abstract_are_none_of_it() -> None:
    """Keywords, classes, dates and copyright end it."""
    setter = Setter()
    front(setter)
    setter.heading("Abstract", size=10)
    abstract(setter, 108, 504)
    setter.y -= 12
    for words in ("Keywords: night, networks", "PACS numbers: 1.2, 3.4",
                  "© 2007 Elsevier B.V. All rights reserved."):  # fmt: skip
        setter.line(words)
    document = body(setter, "1 Introduction", "2 Method")

    assert right(document)
    assert "PACS" in unsent(document)


def test_names_that_fill_a_page_stay_in_front() -> None:
    """However long they are, authors and their places are no text."""
    setter = Setter()
    setter.put(120, 80, TITLE, fontname=BOLD, fontsize=16)
    setter.y = 110
    for nth in range(36):
        setter.line(f"{nth}Department of Nets, University of Town {nth}, Ruritania")
    setter.put(270, setter.y + 10, "ABSTRACT")
    setter.turn_page()
    abstract(setter, 130, 480)
    document = body(setter, "1. INTRODUCTION", "2. METHOD")
    others = [s.text for s in document.sections if s.kind != "front"]

    assert right(document)
    assert "University" in unsent(document)
    assert "University" not in "".join(others)


def test_a_first_paragraph_is_no_abstract() -> None:
    """A paper without an abstract has none."""
    setter = Setter()
    front(setter)
    document = body(setter, "1 Introduction", "2 Method")

    assert document.abstract == ""


@pytest.mark.parametrize("stamp", ["Physica B", "Journal of Nets and Their Uses",
                                   "apport", "Draft version July 1"])  # fmt: skip
def test_a_journals_name_is_no_title(stamp: str) -> None:
    """However large it stands above the title."""
    setter = Setter()
    setter.put(200, 44, stamp, fontname=BOLD, fontsize=22)
    front(setter)
    document = body(setter, "1 Introduction", "2 Method")

    assert document.title == TITLE
