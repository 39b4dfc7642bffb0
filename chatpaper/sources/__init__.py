"""Where papers come from: arXiv, a folder, the bundled samples."""

from chatpaper.sources.found import Found, Source

__all__ = ["Found", "Source"]
