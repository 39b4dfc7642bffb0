"""Manuscripts that count their lines in the margin."""

from __future__ import annotations

from typing import Any

import pymupdf
import pytest

from chatpaper.reading import parse_document
from pdfs import BOLD, ROMAN, WORDS

HEADINGS = ["Introduction", "Model", "Results", "Discussion", "Data availability"]


def prose(lines: int) -> list[tuple[str, str, float]]:
    """Lines of text that fill their column."""
    return [
        (" ".join(WORDS[(nth + 3 * at) % len(WORDS)] for at in range(14)), ROMAN, 10)
        for nth in range(lines)
    ]


def manuscript(*, gap: float, size: float, step: int) -> bytes:
    """Each line drawn right behind its number, as TeX and Word do."""
    printed = [
        ("How Small Networks Learn at Night", BOLD, 16.0),
        ("A. Author and B. Writer, University of Somewhere", ROMAN, 10.0),
        ("Abstract", BOLD, 12.0),
        *prose(6),
        ("and so it ends here.", ROMAN, 10.0),
    ]
    for heading in HEADINGS:
        printed += [("", "", 0.0), (heading, BOLD, 12.0), *prose(14)]
        printed.append(("as it was.", ROMAN, 10.0))
    document: Any = pymupdf.Document()
    page, y, number = document.new_page(width=612, height=792), 90.0, 0
    for text, font, points in printed:
        y += 14
        if y > 720:
            page, y = document.new_page(width=612, height=792), 90.0
        if not text:
            continue
        number += 1
        if number % step == 0:
            x = 108 - gap - pymupdf.get_text_length(str(number), ROMAN, size)
            page.insert_text((x, y), str(number), fontname=ROMAN, fontsize=size)
        page.insert_text((108, y), text, fontname=font, fontsize=points)
    data: bytes = document.tobytes()
    return data


@pytest.mark.parametrize("gap", [5, 10, 20])
@pytest.mark.parametrize("size", [5, 10])
@pytest.mark.parametrize("step", [1, 5])
def test_line_numbers_are_no_text(gap: float, size: float, step: int) -> None:
    """However near to the lines they stand, and in whatever type."""
    document = parse_document("x", manuscript(gap=gap, size=size, step=step))
    sections = [s for s in document.sections if s.kind == "section"]

    assert document.title == "How Small Networks Learn at Night"
    assert document.abstract.endswith("so it ends here.")
    assert [(s.number, s.title) for s in sections] == [(None, t) for t in HEADINGS]
    assert not any(char.isdigit() for s in document.sections for char in s.text)


def test_a_counted_list_keeps_its_numbers() -> None:
    """What counts on one page alone, among other text, is the paper's own."""
    document: Any = pymupdf.Document()
    for nth in range(3):
        page = document.new_page(width=612, height=792)
        for at, (text, font, size) in enumerate(prose(40)):
            counted = nth == 1 and 10 <= at < 28
            words = f"{at - 9} {text[:30]}" if counted else text
            page.insert_text((108, 90 + 14 * at), words, fontname=font, fontsize=size)
    read = parse_document("x", document.tobytes())

    assert any("\n17 " in s.text or " 17 " in s.text for s in read.sections)
