"""Bibliographies, told by their entries wherever they stand."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from chatpaper.reading import parse_document
from chatpaper.records import Document
from pdfs import BOLD, ROMAN, Setter

LEFT, RIGHT = (54, 296), (316, 558)
NAMES = ("Grebe", "Kolk", "Meise", "Ralle", "Sperber", "Trappe", "Weihe", "Zeisig")


def numbered(first: int = 1, last: int = 8) -> Iterator[tuple[str, ...]]:
    """Entries as physics journals print them, by their lines."""
    for nth in range(first, last + 1):
        name = NAMES[nth % 8]
        yield (
            f"[{nth}] A. {name}, B. C. {NAMES[(nth + 3) % 8]}, Phys. Rev.",
            f"Lett. {nth}8, {nth}402 (20{nth:02}).",
        )


def dated() -> Iterator[tuple[str, ...]]:
    """Entries that open with surname and year."""
    for nth, name in enumerate(NAMES):
        yield (
            f"{name}, A. and {NAMES[(nth + 3) % 8]}, B. C. (20{nth:02}). On nets.",
            f"Journal of Nets 1{nth}(2), 10{nth}-12{nth}.",
        )


def mathematical() -> Iterator[tuple[str, ...]]:
    """Entries that count without brackets and give full names."""
    for nth, name in enumerate(NAMES, start=1):
        yield (
            f"{nth}. Anna B. {name}, Actions of nets, Trans. Nets 1{nth} (199{nth}),",
            f"no. {nth}, 10{nth}–12{nth}.",
        )


def put(setter: Setter, entries: Iterator[tuple[str, ...]], **style: object) -> None:
    """Set entries, each with a hanging indent."""
    for lines in entries:
        for nth, text in enumerate(lines):
            setter.put(setter.columns[setter.column][0] + 10 * (nth > 0), setter.y,
                       text, **style)  # fmt: skip
            setter.y += 11


def told(document: Document) -> tuple[str, str]:
    """Running text and notes without the bibliography, and the bibliography."""
    kept = [s.text for s in document.sections if s.kind != "references"]
    kept += [p.text for p in document.passages if p.kind != "margin"]
    listed = [s.text for s in document.sections if s.kind == "references"]
    return "\n".join(kept), "\n".join(listed)


def held(document: Document) -> bool:
    """Whether every entry is in a section of kind `references`, and no other text."""
    kept, listed = told(document)
    return (
        all(name in listed and name not in kept for name in NAMES)
        and "network" not in listed
        and "network" in kept
    )


@pytest.mark.parametrize("entries", [numbered, dated, mathematical])
@pytest.mark.parametrize("above", ["4 Conclusion", "Acknowledgments", "A Proofs"])
def test_entries_without_a_heading_are_a_bibliography(
    entries: object, above: str
) -> None:
    """They stand at the end of a section, of the thanks, or of an appendix."""
    assert callable(entries)
    setter = Setter()
    for heading in ("1 Introduction", "2 Method", "3 Results", above):
        setter.heading(heading)
        setter.prose(6)
    setter.y += 12
    put(setter, entries())
    document = parse_document("x", setter.pdf())

    assert held(document)
    assert document.sections[-1].kind == "references"


@pytest.mark.parametrize("title", ["References", "REFERENCES", "Literatur", "参考文献"])
def test_a_plain_word_heads_a_bibliography(title: str) -> None:
    """A heading set like the text is the bibliography's all the same."""
    setter = Setter()
    setter.heading("1 Introduction")
    setter.prose(6)
    font = "china-s" if title == "参考文献" else ROMAN
    setter.line(title, fontname=font)
    put(setter, dated())
    document = parse_document("x", setter.pdf())

    assert held(document)
    assert document.sections[-1].title == title


def test_a_bibliography_may_stand_under_the_text_of_both_columns() -> None:
    """A centred heading over both columns ends the text in both of them."""
    setter = Setter(LEFT, RIGHT)
    setter.heading("AUTHOR CONTRIBUTIONS", font=ROMAN, size=10, centred=True)
    setter.prose(24)
    setter.turn_column()
    setter.prose(26, seed=5)
    setter.put(270, 480, "REFERENCES")
    entries = list(dated())
    setter.column, setter.y = 0, 510
    put(setter, iter(entries[:4]), fontsize=9)
    setter.column, setter.y = 1, 510
    put(setter, iter(entries[4:]), fontsize=9)
    document = parse_document("x", setter.pdf())

    assert held(document)
    assert document.sections[-1].title == "REFERENCES"


def test_small_entries_at_the_foot_of_both_columns_are_no_notes() -> None:
    """A letter's bibliography begins under an address and goes on at the right."""
    setter = Setter(LEFT, RIGHT)
    setter.prose(30)
    setter.turn_column()
    setter.prose(30, seed=3)
    entries = list(numbered())
    setter.column, setter.y = 0, 520
    setter.put(54, 508, "∗ anna@example.org", fontsize=8)
    put(setter, iter(entries[:4]), fontsize=8)
    setter.column, setter.y = 1, 520
    put(setter, iter(entries[4:]), fontsize=8)
    document = parse_document("x", setter.pdf())

    assert held(document)


def test_text_goes_on_behind_a_bibliography_in_its_midst() -> None:
    """A paper may have its entries before its methods."""
    setter = Setter()
    setter.heading("1 Introduction")
    setter.prose(10)
    put(setter, numbered())
    setter.y += 14
    setter.prose(20, start="Afterwards")
    document = parse_document("x", setter.pdf())

    assert held(document)
    assert document.sections[-1].text.startswith("Afterwards")


def test_a_line_of_an_entry_is_no_heading() -> None:
    """Bold numbers of entries open no section."""
    setter = Setter()
    setter.heading("1 Introduction")
    setter.prose(6)
    setter.heading("References")
    put(setter, mathematical(), fontname=BOLD)
    document = parse_document("x", setter.pdf())

    assert [s.title for s in document.sections] == ["Introduction", "References"]


def test_prose_that_cites_is_no_bibliography() -> None:
    """Names and years in brackets are what prose is made of."""
    setter = Setter()
    setter.heading("1 Related work")
    for nth in range(8):
        setter.line(f"as in {NAMES[nth]} et al. (20{nth:02}; Meise and Ralle, 2019),")
        setter.line(f"and networks (Grebe et al., 2017; {NAMES[nth]} 2018) of Kolk")
    document = parse_document("x", setter.pdf())

    assert [s.kind for s in document.sections] == ["section"]
