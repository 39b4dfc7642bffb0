"""Reading beside the least that PyMuPDF can do: the text of every page as a dict.

To compare with pymupdf4llm, which is no dependency of ours, give it a venv of its own:
    python -m venv /tmp/other && /tmp/other/bin/pip install pymupdf4llm
    /tmp/other/bin/python -c "import sys, time, pymupdf4llm as p; t = time.time();
    [p.to_markdown(f) for f in sys.argv[1:]]; print(time.time() - t)" FILES
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import pymupdf

from chatpaper.reading import parse_document

from .papers import pdfs


def measure() -> Iterator[str]:
    """The same files, both in this process, one after the other: processor time."""
    files = pdfs()
    bare = ours = 0.0
    pages = 0
    for path in files:
        start = time.process_time()
        pages += texts_of(path)
        middle = time.process_time()
        parse_document(path.stem, path, max_pages=1000)
        bare += middle - start
        ours += time.process_time() - middle
    yield (
        f"{len(files)} papers, {pages} pages: {ours:.1f} s, {ours / pages * 1000:.0f} "
        f"ms a page; a bare get_text('dict') took {bare / ours:.3f} of it, {bare:.1f} s"
    )


def texts_of(path: Path) -> int:
    """Pages of a file, each asked for its text."""
    with pymupdf.open(path) as document:
        for page in document:
            page.get_text("dict")
        return int(document.page_count)
