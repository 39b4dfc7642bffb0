"""Opening a PDF that may be anything."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pymupdf

from chatpaper.errors import DocumentError

# A PDF may have other bytes before its header (ISO 32000-1, annex H.3.4.1).
_HEADER_WITHIN = 1024


@contextmanager
def open_pdf(paper_id: str, pdf: bytes | Path) -> Iterator[pymupdf.Document]:
    """Open a PDF and close it whatever happens.

    Raises:
        DocumentError: Unreadable, empty, not a PDF, locked by a password, damaged
            beyond repair or without pages.
    """
    start = _first_bytes(paper_id, pdf)
    if not start:
        raise DocumentError(paper_id, "the file is empty")
    if b"%PDF-" not in start:
        markup = start.lstrip()[:1] == b"<"
        what = "a web page or XML" if markup else "another kind of file"
        raise DocumentError(paper_id, f"not a PDF but {what}")
    document = _open(paper_id, pdf)
    try:
        if not document.is_pdf:
            raise DocumentError(paper_id, "not a PDF")
        if document.needs_pass:
            raise DocumentError(paper_id, "locked by a password")
        if not document.page_count:
            raise DocumentError(paper_id, "damaged: it has no pages")
        yield document
    finally:
        document.close()


def _first_bytes(paper_id: str, pdf: bytes | Path) -> bytes:
    if isinstance(pdf, bytes):
        return pdf[:_HEADER_WITHIN]
    try:
        with pdf.open("rb") as file:
            return file.read(_HEADER_WITHIN)
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise DocumentError(paper_id, f"the file cannot be read: {reason}") from error


def _open(paper_id: str, pdf: bytes | Path) -> pymupdf.Document:
    try:
        if isinstance(pdf, bytes):
            return pymupdf.Document(stream=pdf, filetype="pdf")
        return pymupdf.Document(str(pdf), filetype="pdf")
    except (RuntimeError, ValueError) as error:
        reason = str(error).partition("\n")[0][:120]
    # Raised out here, since the engine's own errors cannot be sent between processes.
    raise DocumentError(paper_id, f"damaged: {reason}")
