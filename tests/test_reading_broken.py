"""Files that are no papers, or only parts of one."""

from __future__ import annotations

import pickle
import random
from pathlib import Path
from typing import Any

import pymupdf
import pytest

from chatpaper.errors import DocumentError
from chatpaper.reading import parse_document
from pdfs import Setter, many_pages, paper, picture

AES_256 = 5  # of pymupdf's PDF_ENCRYPT constants


def test_an_empty_file_is_named(tmp_path: Path) -> None:
    """Nothing at all is an error that says so, from bytes and from a file."""
    empty = tmp_path / "empty.pdf"
    empty.write_bytes(b"")

    for pdf in (b"", empty):
        with pytest.raises(DocumentError, match="empty"):
            parse_document("x", pdf)


def test_a_web_page_named_pdf_is_named() -> None:
    """A captcha page that came in place of a PDF is told from a damaged one."""
    with pytest.raises(DocumentError, match="web page"):
        parse_document(
            "x", b"<!DOCTYPE html><html><body>Are you a robot?</body></html>"
        )


@pytest.mark.parametrize("data", [b"PK\x03\x04 zip", b"hello", b"\x89PNG\r\n\x1a\n"])
def test_another_kind_of_file_is_named(data: bytes) -> None:
    """Other files are refused by their content, whatever their name."""
    with pytest.raises(DocumentError, match="not a PDF"):
        parse_document("x", data)


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    """A missing file is a document error, not one of the system."""
    with pytest.raises(DocumentError, match="cannot be read"):
        parse_document("x", tmp_path / "none.pdf")


@pytest.mark.parametrize(
    "data", [b"%PDF-1.5\n", b"%PDF-1.5\n" + bytes(range(256)) * 40]
)
def test_garbage_behind_a_header_is_named(data: bytes) -> None:
    """A header alone does not make a document."""
    with pytest.raises(DocumentError, match=r"damaged|no text"):
        parse_document("x", data)


def test_an_error_travels_between_processes() -> None:
    """Workers send errors back: they pickle, and hold nothing of the engine."""
    with pytest.raises(DocumentError) as caught:
        parse_document("1234.5678v1", b"%PDF-1.5\nrubbish")

    again = pickle.loads(pickle.dumps(caught.value))
    assert (again.paper_id, again.reason) == ("1234.5678v1", caught.value.reason)
    assert caught.value.__cause__ is None


def test_a_locked_file_is_named() -> None:
    """Without the reader's password nothing can be read."""
    document: Any = pymupdf.Document(stream=paper("1 Introduction"), filetype="pdf")
    locked = document.tobytes(encryption=AES_256, user_pw="secret", owner_pw="owner")
    document.close()

    with pytest.raises(DocumentError, match="password"):
        parse_document("x", locked)


def test_a_file_that_only_its_owner_may_change_is_read() -> None:
    """An owner's password forbids changes, not reading."""
    document: Any = pymupdf.Document(stream=paper("1 Introduction"), filetype="pdf")
    guarded = document.tobytes(encryption=AES_256, owner_pw="owner")
    document.close()

    assert parse_document("x", guarded).sections[-1].title == "Introduction"


def test_pictures_of_pages_are_named() -> None:
    """A scan without text has nothing to read."""
    setter = Setter()
    setter.page.insert_image((0, 0, 612, 792), stream=picture())

    with pytest.raises(DocumentError, match="no text"):
        parse_document("x", setter.pdf())


def test_a_page_without_text_among_others_is_said() -> None:
    """A partial document says which pages hold no text."""
    setter = Setter()
    setter.heading("1 Introduction")
    setter.prose(5)
    setter.turn_page()
    setter.page.insert_image((0, 0, 612, 792), stream=picture())

    assert parse_document("x", setter.pdf()).missing == ("Pages without text: 2.",)


def test_a_file_cut_in_half_gives_what_is_left() -> None:
    """Half a download is repaired as far as it goes, and the document says so."""
    whole = paper(*[f"{n} Part of the whole" for n in range(1, 30)])

    document = parse_document("x", whole[: len(whole) * 2 // 3])

    assert document.missing[0].startswith("The file is damaged")
    assert document.sections


def test_a_damaged_file_is_repaired_and_says_so() -> None:
    """A file without its cross-reference table loses nothing but its good name."""
    whole = paper("1 Introduction", "2 Method")
    damaged = whole[: whole.rindex(b"startxref")]

    document = parse_document("x", damaged)

    assert [s.title for s in document.sections if s.number] == [
        "Introduction",
        "Method",
    ]
    assert "damaged" in document.missing[0]


def test_a_file_without_pages_is_named() -> None:
    """A page tree that is empty is damage."""
    pdf = (
        b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n"
        b"2 0 obj<</Type/Pages/Kids[]/Count 0>>endobj\n"
        b"trailer<</Root 1 0 R/Size 3>>\n%%EOF\n"
    )

    with pytest.raises(DocumentError, match="no pages"):
        parse_document("x", pdf)


def test_reading_stops_at_the_last_page_asked_for() -> None:
    """Fifteen hundred pages cost no more than those that are read."""
    document = parse_document("x", many_pages(1500), max_pages=20)

    assert (document.page_count, document.pages_read) == (1500, 20)
    assert document.missing == ("Pages 21 to 1500 were not read.",)
    assert max(section.page for section in document.sections) <= 20


def test_sixty_megabytes_are_no_hindrance() -> None:
    """A file that is large by its pictures is read like any other."""
    document: Any = pymupdf.Document(stream=paper("1 Introduction"), filetype="pdf")
    document.embfile_add("ballast", random.Random(1).randbytes(60_000_000))
    large = document.tobytes(deflate=False)
    document.close()
    assert len(large) > 60_000_000

    assert parse_document("x", large).sections[-1].title == "Introduction"


def test_bytes_before_the_header_do_not_matter() -> None:
    """Some servers put a line before the file."""
    assert parse_document("x", b"\r\n\r\n" + paper("1 Introduction")).sections


def test_a_document_travels_between_processes() -> None:
    """What a worker sends back is equal to what it read."""
    document = parse_document("x", paper("1 Introduction", "2 Method"))

    assert pickle.loads(pickle.dumps(document)) == document
