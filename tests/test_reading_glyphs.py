"""Fonts of which a PDF gives codes for letters: what they print, not what they say."""

from __future__ import annotations

import pymupdf
import pytest

from chatpaper.reading import parse_document
from chatpaper.reading.pages import printed
from pdfs import ROMAN, Setter, paper, with_page


@pytest.mark.parametrize(
    ("text", "font", "wanted"),
    [
        ("X", "ABCDEF+CMEX10", "∑"),
        ("Z", "CMEX9", "∫"),
        ("P", "txexs", "∑"),
        ("Õ", "txexs", "∑"),
        ("p", "MTEX", "√"),
        ("h i", "CMEX10", "[ ]"),
        ("\x10\x11", "CMEX10", "()"),
        ("{z}", "CMEX10", ""),
        ("\f", "CMEX10", "|"),
        ("di↵erent", "CMR9", "different"),
        ("↵", "CMMI9", "α"),
        ("✓", "CMMI7", "θ"),
        ("✓", "CMEX9", "("),
        ("✓", "MSAM10", "✓"),
        ("⌧", "EURM10", "τ"),
        ("2", "CMSY10", "∈"),
        ("2", "CMMI10", "2"),
        ("0", "CMSY7", "′"),
        ("0", "txsys", "′"),
        ("A", "CMSY10", "A"),
        ("ð1 þ xÞ ¼ 2", "AdvP4C4E74", "(1 + x) = 2"),
        ("Þórður", "AdvTimes", "Þórður"),
        ("X Z p 2 ↵", "Times-Roman", "X Z p 2 ↵"),
    ],
)
def test_signs_by_font(text: str, font: str, wanted: str) -> None:
    """One code is another sign in each font, and itself in those that nobody knows."""
    assert printed(text, font) == wanted


def _named(pdf: bytes, name: str) -> bytes:
    """The same file, its fonts called otherwise, as old TeX fonts are."""
    with pymupdf.Document(stream=pdf) as document:
        for xref in range(1, document.xref_length()):
            if document.xref_get_key(xref, "Type")[1] == "/Font":
                document.xref_set_key(xref, "BaseFont", f"/{name}")
        return bytes(document.tobytes())


@pytest.mark.parametrize(
    ("name", "wanted"), [("CMEX10", "∑ ∫ √"), ("Courier", "X Z p")]
)
def test_signs_of_a_page(name: str, wanted: str) -> None:
    """A page's text has the signs that its fonts print."""
    document = parse_document("x", _named(paper("X Z p"), name))
    text = document.title + "".join(s.title + s.text for s in document.sections)

    assert wanted in text


@pytest.mark.parametrize(("gap_pt", "wanted"), [(3.0, "∈ acts"), (0.0, "∈acts")])
def test_blanks_behind_signs(gap_pt: float, wanted: str) -> None:
    """A blank is as wide behind a sign of formulas as it is elsewhere."""

    def draw(setter: Setter) -> None:
        x, y = setter.columns[0][0], setter.y
        setter.put(x, y, "where the signal lies in the set x")
        x += pymupdf.get_text_length("where the signal lies in the set x", ROMAN, 10)
        setter.put(x + 3, y, "∈", fontname="china-s")
        setter.put(x + 13 + gap_pt, y, "acts as a gate of the other one")
        setter.y += 12
        setter.prose(6)

    document = parse_document("x", with_page(draw))
    text = "".join(s.text for s in document.sections)

    assert wanted in text
