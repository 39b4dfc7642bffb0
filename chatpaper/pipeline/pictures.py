"""The pictures of a post: beside it on the disk, or drawn anew from kept PDFs."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

from chatpaper.config import Config
from chatpaper.errors import ConfigError, DocumentError, FetchError, StoreError
from chatpaper.net import cached_pdf
from chatpaper.pipeline.assembly import local_readers, open_papers
from chatpaper.pipeline.controls import Controls
from chatpaper.records import Digest, Paper, Picture, Post
from chatpaper.text import file_stem
from chatpaper.workers import PdfContents, read_and_render, result_of


@dataclass(frozen=True, slots=True)
class PictureFiles(Mapping[str, bytes]):
    """Files by name, read when asked for."""

    paths: Mapping[str, Path] = field(default_factory=dict)

    def __getitem__(self, name: str) -> bytes:
        return self.paths[name].read_bytes()

    def __iter__(self) -> Iterator[str]:
        return iter(self.paths)

    def __len__(self) -> int:
        return len(self.paths)


@dataclass(frozen=True, slots=True, kw_only=True)
class Pictured:
    """A post whose pictures are all there.

    Attributes:
        post: Its records, without pictures that are lost.
        files: Of every picture.
        lost: Versioned ids of papers that have lost pictures.
    """

    post: Post
    files: PictureFiles
    lost: tuple[str, ...] = ()


@contextmanager
def with_pictures(
    config: Config,
    post: Post,
    folder: Path,
    new: Mapping[str, Path],
    *,
    source: str = "arxiv",
) -> Iterator[Pictured]:
    """A post with the files of its pictures; nothing is downloaded.

    Args:
        config: Where PDFs are kept, and how pictures are drawn.
        post: As rendered or read.
        folder: Where its pictures lie.
        new: Files of pictures that are not there yet.
        source: Where PDFs are that did not come from arXiv: a name of `SOURCES`, or a
            folder.

    Raises:
        StoreError: The disk has no room for what is drawn.
    """
    shown = [picture.file for d in post.entries for picture in d.pictures]
    paths = {name: new.get(name, folder / name) for name in shown}
    gone = {name for name, path in paths.items() if not _is_there(path)}
    with ExitStack() as stack:
        lost = []
        if gone:
            spare = stack.enter_context(_spare_folder())
            digests = list(post.digests)
            for nth, digest in enumerate(digests):
                if gone.isdisjoint(picture.file for picture in digest.pictures):
                    continue
                drawn = _drawn(digest, gone, spare, config, source)
                paths |= {picture.file: spare / picture.file for picture in drawn}
                again = {picture.file: picture for picture in drawn}
                digests[nth] = whole = replace(
                    digest,
                    pictures=tuple(
                        again.get(picture.file, picture)
                        for picture in digest.pictures
                        if picture.file in again or picture.file not in gone
                    ),
                )
                if len(whole.pictures) < len(digest.pictures):
                    lost.append(digest.paper.versioned_id)
            post = replace(post, digests=tuple(digests))
        left = {picture.file for d in post.entries for picture in d.pictures}
        files = PictureFiles({name: paths[name] for name in shown if name in left})
        yield Pictured(post=post, files=files, lost=tuple(lost))


def _is_there(path: Path) -> bool:
    try:
        return path.is_file() and path.stat().st_size > 0
    except OSError:
        return False


@contextmanager
def _spare_folder() -> Iterator[Path]:
    try:
        spare = tempfile.TemporaryDirectory(prefix="chatpaper-")
    except OSError as error:
        raise StoreError(tempfile.gettempdir(), error.strerror or str(error)) from error
    with spare:
        yield Path(spare.name)


def _drawn(
    digest: Digest, gone: set[str], spare: Path, config: Config, source: str
) -> Sequence[Picture]:
    """Pictures of a paper that are gone, drawn from its PDF into a folder."""
    with _pdf_of(digest.paper, config, source) as pdf:
        if pdf is None:
            return ()
        with local_readers(config, 1) as readers:
            try:
                reading = result_of(
                    readers.submit(
                        read_and_render,
                        pdf,
                        digest.paper.versioned_id,
                        max_pages=config.reading.max_pages,
                        max_figures=config.figures.max_per_paper,
                        width_px=config.figures.width_px,
                    ),
                    digest.paper.versioned_id,
                )
            except DocumentError:
                return ()
    drawn = []
    for figure, suffix, (width_px, height_px), image in reading.pictures:
        for picture in digest.pictures:
            what = (picture.kind, picture.label, picture.page)
            is_it = what == (figure.kind, figure.label, figure.page)
            if is_it and picture.file in gone and picture.file.endswith(suffix):
                _save(spare / picture.file, image)
                drawn.append(replace(picture, width_px=width_px, height_px=height_px))
    return drawn


def _save(path: Path, image: bytes) -> None:
    try:
        path.write_bytes(image)
    except OSError as error:
        raise StoreError(str(path), error.strerror or str(error)) from error


@contextmanager
def _pdf_of(paper: Paper, config: Config, source: str) -> Iterator[Path | None]:
    """The paper's file as far as it is on this machine."""
    if paper.source == "arxiv":
        pdf = cached_pdf(config.storage.path / "pdf", paper)
        yield pdf if pdf.is_file() else None
        return
    name = source if source != "arxiv" else paper.source
    with ExitStack() as stack:
        try:
            papers = stack.enter_context(open_papers(config, name, Controls()))
            pdf = papers.pdf(paper)
        except (ConfigError, FetchError):
            yield None
            return
        yield pdf


# --------------------------------------------------------------------------------------
# New pictures, which wait on the disk for their post, so that memory stays flat.


def pictures_of(paper: Paper, reading: PdfContents) -> tuple[Picture, ...]:
    """What is to be said of the pictures, under the names they will have."""
    return tuple(
        Picture(
            file=_file_name(paper, nth, suffix),
            kind=figure.kind,
            label=figure.label,
            caption=figure.caption,
            page=figure.page,
            width_px=width_px,
            height_px=height_px,
        )
        for nth, (figure, suffix, (width_px, height_px), _) in enumerate(
            reading.pictures, 1
        )
    )


def _file_name(paper: Paper, nth: int, suffix: str) -> str:
    return f"{file_stem(paper.versioned_id, 'picture')}-{nth}{suffix}"


def save_pictures(
    pictures: Sequence[Picture], reading: PdfContents, folder: Path
) -> dict[str, Path]:
    """Write the pictures into a folder.

    Raises:
        StoreError: The disk refuses them.
    """
    paths = {picture.file: folder / picture.file for picture in pictures}
    try:
        for path, (*_, image) in zip(paths.values(), reading.pictures, strict=True):
            folder.mkdir(parents=True, exist_ok=True)
            path.write_bytes(image)
    except OSError as error:
        raise StoreError(str(folder), str(error)) from error
    return paths
