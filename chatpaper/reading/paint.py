"""What a page paints, box by box, read from MuPDF at most once."""

from __future__ import annotations

from typing import Any

import pymupdf

from chatpaper.records import Box


class PaintLog:
    """A page's painting, in order: kinds such as `fill-text` with their boxes.

    Reading it makes MuPDF run the whole page, so it is read when first asked for,
    and shared by all who ask.
    """

    def __init__(self, page: pymupdf.Page) -> None:
        self._page: pymupdf.Page | None = page
        self._entries: list[tuple[str, Box]] = []

    def entries(self) -> list[tuple[str, Box]]:
        """Every painted box, in points of the unrotated page."""
        if self._page is not None:
            log: Any = self._page.get_bboxlog()
            self._entries, self._page = log, None
        return self._entries
