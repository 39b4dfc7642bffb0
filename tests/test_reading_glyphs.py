"""Fonts of which a PDF gives codes for letters: what they print, not what they say."""

from __future__ import annotations

import pymupdf
import pytest

from chatpaper.reading import parse_document
from chatpaper.reading.pages.glyphs import printed, signs_by_name
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
        ("ð2 þ xÞ ¼ 1", "AdvP4C4E74", "(2 + x) = ∞"),
        ("hXi", "ABCDEF+AdvMacMthSyN", "⟨X⟩"),
        ("0:028; 1=2", "AdvP4C4E51", "0.028, 1/2"),
        ("4", "AdvPi1", ">"),
        ("o", "AdvEls-ent4", "<"),
        ("4", "AdvP4C4E46", "4"),
        ("8; : : : ;", "MTMINCSB", "Φ, . . . ,"),
        ("\x900\x91", "MTSYNCSB", "(0)"),
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


def _page_with(lists: tuple[str, ...]) -> pymupdf.Document:
    """A page whose fonts, all of one name, have these lists of glyphs' names."""
    document = pymupdf.open()
    page = document.new_page()
    for nth, name in enumerate(("helv", "tiro")[: len(lists)]):
        page.insert_text((72, 100 + 50 * nth), "X", fontname=name)
    for (xref, *_), names in zip(page.get_fonts(), lists, strict=True):
        document.xref_set_key(xref, "BaseFont", "/ABCDEF+AdvMacMthSyN")
        document.xref_set_key(xref, "Encoding", f"<</Differences {names}>>")
    return document


@pytest.mark.parametrize(
    ("lists", "wanted"),
    [
        (("[2 /C0 /C6 /C999 /C2 /C 47 /slash]",), {2: "−", 3: "±", 5: "×"}),
        (("[2 /C0 /C6]", "[2 /C0 /C24]"), {2: "−"}),
        (("[2 /C0]", "[3 /C24]"), {2: "−", 3: "∼"}),
        (("[99999999999999999999 /C0 /C" + "1" * 5000 + "]",), {}),
        (("/None",), {}),
    ],
)
def test_signs_named_by_their_code(
    lists: tuple[str, ...], wanted: dict[int, str]
) -> None:
    """Names tell a minus from a plus-minus; what two subsets differ in stays."""
    with _page_with(lists) as document:
        found = signs_by_name(document[0], {"AdvMacMthSyN"})

    assert found == {"AdvMacMthSyN": wanted}


def test_a_minus_is_no_letter() -> None:
    """A page's text has the minus that its font names, before its number."""

    def draw(setter: Setter) -> None:
        x, y = setter.columns[0][0], setter.y
        setter.put(x, y, "returns fell by", fontname="helv")
        setter.put(x + 72, y, "X", fontname="cour")
        setter.put(x + 78, y, "5.3% in a year of trading", fontname="helv")
        page, document = setter.page, setter.document
        (xref,) = [font[0] for font in page.get_fonts() if font[3] == "Courier"]
        document.xref_set_key(xref, "BaseFont", "/AdvP4C4E74")
        document.xref_set_key(xref, "Encoding", "<</Differences [88 /C0]>>")
        setter.y += 12
        setter.prose(6)

    document = parse_document("x", with_page(draw))
    text = "".join(s.text for s in document.sections)

    assert "fell by −5.3% in" in text


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
