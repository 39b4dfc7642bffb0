"""Opening a PDF that may be anything."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pymupdf

from chatpaper.errors import DocumentError

# A PDF may have other bytes before its header (ISO 32000-1, annex H.3.4.1).
_HEADER_WITHIN = 1024

# What PyMuPDF raises: wrapped, RuntimeErrors or ValueErrors; bare, MuPDF's own.
ENGINE_ERRORS = (RuntimeError, ValueError, pymupdf.mupdf.FzErrorBase)
_NO_MEMORY = re.compile(r"alloc \(.*\) failed")


@contextmanager
def open_pdf(paper_id: str, pdf: bytes | Path) -> Iterator[pymupdf.Document]:
    """Open a PDF and close it whatever happens.

    Errors of the engine within the block are turned into ours, too.

    Raises:
        DocumentError: Unreadable, empty, not a PDF, locked by a password, damaged
            beyond repair or without pages.
        MemoryError: The engine was refused memory.
    """
    start = _first_bytes(paper_id, pdf)
    if not start:
        raise DocumentError(paper_id, "the file is empty")
    if b"%PDF-" not in start:
        markup = start.lstrip()[:1] == b"<"
        what = "a web page or XML" if markup else "another kind of file"
        raise DocumentError(paper_id, f"not a PDF but {what}")
    try:
        with _open(pdf) as document:
            if not document.is_pdf:
                raise DocumentError(paper_id, "not a PDF")
            if document.needs_pass:
                raise DocumentError(paper_id, "locked by a password")
            if not document.page_count:
                raise DocumentError(paper_id, "damaged: it has no pages")
            yield document
            return
    except ENGINE_ERRORS as error:
        reason = str(error).partition("\n")[0][:120]
        if out_of_memory(error):
            raise MemoryError from None
    # Raised out here, since the engine's own errors cannot be sent between processes.
    raise DocumentError(paper_id, f"damaged: {reason}")


def out_of_memory(error: Exception) -> bool:
    """Whether the engine was refused memory: no fault of one page or figure."""
    return _NO_MEMORY.search(str(error)) is not None


def _first_bytes(paper_id: str, pdf: bytes | Path) -> bytes:
    if isinstance(pdf, bytes):
        return pdf[:_HEADER_WITHIN]
    try:
        with pdf.open("rb") as file:
            return file.read(_HEADER_WITHIN)
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise DocumentError(paper_id, f"the file cannot be read: {reason}") from error


def _open(pdf: bytes | Path) -> pymupdf.Document:
    if isinstance(pdf, bytes):
        return pymupdf.Document(stream=pdf, filetype="pdf")
    return pymupdf.Document(str(pdf), filetype="pdf")
