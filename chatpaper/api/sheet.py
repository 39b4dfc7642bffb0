"""One paper's digest, as a notebook shows it."""

from __future__ import annotations

import base64
import os
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from html import escape
from pathlib import Path
from typing import ClassVar
from urllib.parse import quote

from chatpaper.api.claims import ShownClaim, claims_of
from chatpaper.api.listing import Listing
from chatpaper.errors import StoreError
from chatpaper.records import Digest, Failure, Paper, Shown, Summary
from chatpaper.text import file_stem, short_hash, unbroken

OUT_OF_A_POST = "chatpaper"


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class FigurePicture(Shown):
    """A figure as a picture, which a notebook shows.

    Attributes:
        label, caption, page: Of the figure.
        file: Name of a file to keep it in.
        data: The whole file, a JPEG.
    """

    _shown: ClassVar = ("label", "page", "caption", "file")

    label: str
    caption: str
    page: int
    file: str
    data: bytes

    def save(self, path: str | os.PathLike[str]) -> Path:
        """Write it to a file, or into a folder; returns the file's path."""
        target = Path(path).expanduser()
        target = target / self.file if target.is_dir() else target
        _write(target, self.data)
        return target

    def _repr_jpeg_(self) -> bytes:
        return self.data


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Sheet(Shown):
    """One paper's digest with its figures, as a notebook shows it.

    Attributes:
        digest: Checked; its `failure` says why it is not whole.
        images: Figures by file name.
        language: Of the fixed words around the claims.
        file: The PDF, if it is one of this machine.
    """

    _shown: ClassVar = ("title", "claims", "figures", "failure", "file")

    digest: Digest
    images: Mapping[str, bytes] = field(default_factory=dict)
    language: str = "zh"
    file: Path | None = None

    @property
    def paper(self) -> Paper:
        """What its source says of the paper, or what its PDF prints."""
        return self.digest.paper

    @property
    def title(self) -> str:
        """Of the paper, as printed."""
        return self.digest.paper.title

    @property
    def summary(self) -> Summary | None:
        """The checked summary; None when there is none."""
        return self.digest.summary

    @property
    def failure(self) -> Failure | None:
        """Why the sheet is not whole; None when it is."""
        return self.digest.failure

    @property
    def claims(self) -> Listing[ShownClaim]:
        """Each claim with its quotes, their pages, and its marks."""
        return claims_of(self.digest, self.language)

    @property
    def figures(self) -> tuple[FigurePicture, ...]:
        """The figures shown, most telling first."""
        return tuple(
            FigurePicture(
                label=picture.label,
                caption=picture.caption,
                page=picture.page,
                file=picture.file,
                data=self.images[picture.file],
            )
            for picture in self.digest.pictures
            if picture.file in self.images
        )

    @property
    def markdown(self) -> str:
        """The paper's entry as it stands in a post."""
        return self._entry(self.digest, OUT_OF_A_POST)

    @property
    def json(self) -> str:
        """The digest's records as one line of JSON."""
        from pydantic import TypeAdapter

        return unbroken(TypeAdapter(Digest).dump_json(self.digest).decode())

    def to_markdown(self, path: str | os.PathLike[str]) -> Path:
        """Write the entry to a file, and its pictures into a folder beside it.

        The file is replaced whole, once its pictures are there.

        Args:
            path: Of the file, or a folder in which it is named after the paper.

        Returns:
            The file's path.

        Raises:
            StoreError: The disk refuses.
        """
        target = Path(path).expanduser()
        if target.is_dir():
            target /= f"{file_stem(self.paper.versioned_id, 'paper')}.md"
        if not target.suffix:
            target = target.with_suffix(".md")
        beside = target.with_suffix("")
        for name, data in self.images.items():
            _write(beside / name, data)
        entry = self._entry(self.digest, quote(beside.name))
        _write(target, entry.encode("utf-8"))
        return target

    def _entry(self, digest: Digest, folder: str) -> str:
        from chatpaper.posts import render_entry

        return render_entry(digest, language=self.language, folder=folder)

    def _repr_markdown_(self) -> str:
        return self.markdown

    def _repr_html_(self) -> str:
        from markdown_it import MarkdownIt

        digest, links = self.digest, {}
        if self.file is not None and not self.paper.pdf_url:
            # Entries have links of the web alone: this one is taken out again.
            here = self.file.absolute().as_uri()
            stand_in = f"https://{short_hash(self.markdown, digits=32)}.invalid/"
            links = {f'href="{stand_in}': f'target="_blank" href="{escape(here)}'}
            digest = replace(digest, paper=replace(self.paper, pdf_url=stand_in))
        entry = self._entry(digest, OUT_OF_A_POST)
        # Every foreign word of an entry is escaped: what HTML is in it, is ours.
        html: str = MarkdownIt("commonmark", {"html": True}).render(entry)
        for name, data in self.images.items():
            inline = f"data:image/jpeg;base64,{base64.b64encode(data).decode()}"
            html = html.replace(f"{OUT_OF_A_POST}/{name}", inline)
        for ours, theirs in links.items():
            html = html.replace(ours, theirs)
        return html


def _write(path: Path, content: bytes) -> None:
    """Write a file whole, or leave it as it was.

    Raises:
        StoreError: The disk refuses.
    """
    from chatpaper.outputs import replace_file

    try:
        replace_file(path, content)
    except OSError as error:
        raise StoreError(str(path), error.strerror or str(error)) from error
