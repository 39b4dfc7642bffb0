"""PDFs of this machine, read."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from chatpaper.config import Config, ReadingConfig, load_config
from chatpaper.errors import ChatpaperError
from chatpaper.records import Document


def read_pdf(path: str | Path, *, max_pages: int = 100) -> Document:
    """Read one PDF, in a process of its own.

    Args:
        path: Of the file.
        max_pages: Pages read, from the first.

    Raises:
        DocumentError: It cannot be read.
    """
    config = Config(reading=ReadingConfig(max_pages=max_pages))
    ((_, read),) = read_pdfs([Path(path)], config)
    if isinstance(read, ChatpaperError):
        raise read
    return read


def read_pdfs(
    paths: Sequence[Path], config: Config | None = None
) -> Iterator[tuple[Path, Document | ChatpaperError]]:
    """Read many PDFs in worker processes; yields them in order.

    A file that cannot be read costs only itself: its error is yielded.
    """
    from chatpaper.pipeline import open_readers
    from chatpaper.reading import parse_document
    from chatpaper.workers import result_of

    config = config or load_config()
    with open_readers(config) as readers:
        pending = [
            readers.submit(
                parse_document, path.stem, path, max_pages=config.reading.max_pages
            )
            for path in paths
        ]
        for path, future in zip(paths, pending, strict=True):
            try:
                yield path, result_of(future, path.stem)
            except ChatpaperError as error:
                yield path, error
