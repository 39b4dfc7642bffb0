"""PDF bytes to a Document: sections, figures, hidden text."""

from chatpaper.reading.document import parse_document
from chatpaper.reading.pages.open_pdf import (
    ENGINE_ERRORS,
    out_of_memory,
)

__all__ = ["ENGINE_ERRORS", "out_of_memory", "parse_document"]
