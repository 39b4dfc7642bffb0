"""Reads a PDF into a Document: sections, figures, hidden text."""

from chatpaper.reading.pages.pdf import (
    ENGINE_ERRORS,
    out_of_memory,
)
from chatpaper.reading.parsing import (
    parse_document,
)

__all__ = ["ENGINE_ERRORS", "out_of_memory", "parse_document"]
