"""PDFs of this machine: read, and figures of them drawn."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from pathlib import Path

from chatpaper.api.choices import Choices, configured
from chatpaper.api.names import Name, pdf_named
from chatpaper.api.progress import progress_of
from chatpaper.api.sheet import FigurePicture
from chatpaper.config import Config
from chatpaper.errors import ChatpaperError
from chatpaper.records import Document, Figure


def read_pdf(
    path: Name, *, max_pages: int | None = None, config: Choices | None = None
) -> Document:
    """Read one PDF, in a process of its own.

    Args:
        path: Of the file.
        max_pages: Pages read, from the first; by default `reading.max_pages`.
        config: As for `summarize`.

    Raises:
        DocumentError: It cannot be read.
        ConfigError: There is no such file.
    """
    settings = configured(config, reading__max_pages=max_pages)
    ((_, read),) = _documents([pdf_named(path)], settings, progress=False)
    if isinstance(read, ChatpaperError):
        raise read
    return read


def read_pdfs(
    paths: Name | Iterable[Name],
    config: Choices | None = None,
    *,
    progress: bool | None = None,
) -> Iterator[tuple[Path, Document | ChatpaperError]]:
    """Read many PDFs in worker processes; yields them in order.

    A file that cannot be read costs only itself: its error is yielded.

    Args:
        paths: Of the files.
        config: As for `summarize`.
        progress: Whether it is shown; by default on a terminal and in a notebook.

    Raises:
        ConfigError: One of the files is not there.
    """
    wanted = [paths] if isinstance(paths, str | os.PathLike) else paths
    files = [pdf_named(path) for path in wanted]
    return _documents(files, configured(config), progress=progress)


def _documents(
    paths: list[Path], config: Config, *, progress: bool | None
) -> Iterator[tuple[Path, Document | ChatpaperError]]:
    from chatpaper.pipeline import open_readers
    from chatpaper.reading import parse_document
    from chatpaper.workers import result_of

    with progress_of(progress) as shown, open_readers(config) as readers:
        pending = [
            readers.submit(
                parse_document, path.stem, path, max_pages=config.reading.max_pages
            )
            for path in paths
        ]
        for done, (path, future) in enumerate(zip(paths, pending, strict=True), 1):
            read: Document | ChatpaperError
            try:
                read = result_of(future, path.stem)
            except ChatpaperError as error:
                read = error
            shown.tell("", done, len(paths))
            yield path, read


def figure_picture(
    path: Name, figure: Figure, *, width_px: int = 1000, config: Choices | None = None
) -> FigurePicture:
    """Draw a figure, a table or an algorithm of a PDF, in a process of its own.

    Args:
        path: Of the file that the figure was read from.
        figure: One of `document.figures`.
        width_px: Width wanted; less where the print has no more detail.
        config: As for `summarize`.

    Raises:
        DocumentError: The file has no such place.
        ConfigError: There is no such file.
    """
    from chatpaper.figures import render_figures
    from chatpaper.pipeline import local_readers
    from chatpaper.text import file_stem
    from chatpaper.workers import result_of

    file = pdf_named(path)
    with local_readers(configured(config), 1) as readers:
        drawn = readers.submit(render_figures, file, [figure], width_px=width_px)
        (image,) = result_of(drawn, file.stem)
    name = file_stem(f"{file.stem}-{figure.label}", "picture")
    return FigurePicture(
        label=figure.label,
        caption=figure.caption,
        page=figure.page,
        file=f"{name}{image.suffix}",
        data=image.data,
    )
