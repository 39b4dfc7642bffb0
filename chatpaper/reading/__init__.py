"""PDF bytes to a Document: sections, figures, hidden text."""

from chatpaper.reading.document import parse_document

__all__ = ["parse_document"]
