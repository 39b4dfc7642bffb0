"""One page of a PDF: its lines as printed, and what on it cannot be seen."""

from chatpaper.reading.pages.lines import (
    Span,
    TextLine,
    body_style,
    read_lines,
)
from chatpaper.reading.pages.raised import (
    write_scripts,
)
from chatpaper.reading.pages.wording import (
    Joiner,
    accuses,
    addresses,
    is_prose,
    repair,
)

__all__ = [
    "Joiner",
    "Span",
    "TextLine",
    "accuses",
    "addresses",
    "body_style",
    "is_prose",
    "read_lines",
    "repair",
    "write_scripts",
]
