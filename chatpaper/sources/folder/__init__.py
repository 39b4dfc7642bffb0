"""A local folder of PDFs as a source, and the bundled samples."""

from chatpaper.sources.folder.metadata import (
    paper_of,
)
from chatpaper.sources.folder.source import (
    FolderSource,
    needs_pdf_facts,
    open_samples,
    samples_source,
)

__all__ = [
    "FolderSource",
    "needs_pdf_facts",
    "open_samples",
    "paper_of",
    "samples_source",
]
