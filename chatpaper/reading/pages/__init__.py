"""One page of a PDF: its lines as printed, and what on it cannot be seen."""

from chatpaper.reading.pages.glyphs import printed
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
    addresses,
    is_prose,
    repair,
    should_report,
)

__all__ = [
    "Joiner",
    "Span",
    "TextLine",
    "addresses",
    "body_style",
    "is_prose",
    "printed",
    "read_lines",
    "repair",
    "should_report",
    "write_scripts",
]
