"""Where a folder keeps the PDF of a paper: flat, in `pdf/`, or as arXiv's bulk does."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path, PurePosixPath
from typing import NamedTuple

from chatpaper.sources.identifier import parse_id

NEWER_VERSIONS = 5  # looked for by name, since a bulk folder is too long to list
_VERSION = re.compile(r"v([1-9]\d{0,3})$")
_SAFE_PART = re.compile(r"[^\x00/\\]{1,200}")


class PdfFile(NamedTuple):
    """A file, and the version its name tells; None when it tells none."""

    path: Path
    version: int | None


class PdfFolder:
    """Finds PDFs by id, without ever leaving the folder or listing all of it."""

    def __init__(self, directory: Path) -> None:
        """Nothing is read yet."""
        self._directory = directory

    def find(
        self, paper_id: str, version: int, hint: str | None = None
    ) -> PdfFile | None:
        """The PDF of a paper: this version, or else the nearest, a newer one first.

        Args:
            paper_id: Any text; one that could leave the folder finds nothing.
            version: Wanted.
            hint: A path that the metadata gives, relative to the folder or its `pdf`.
        """
        for place in (self._directory, self._directory / "pdf"):
            if hint and (path := _inside(place, hint)) is not None:
                return PdfFile(path, _version_of(path))
        places = list(self._places(paper_id))
        newer = range(version + NEWER_VERSIONS, version, -1)
        for number in (version, None, *newer, *range(version - 1, 0, -1)):
            suffix = "" if number is None else f"v{number}"
            for folder, stem in places:
                if (path := _inside(folder, f"{stem}{suffix}.pdf")) is not None:
                    return PdfFile(path, number)
        return None

    def all_pdfs(self) -> list[Path]:
        """Every PDF in the folder and below, by name; hidden ones are left alone."""
        return sorted(
            path
            for path in self._directory.rglob("*")
            if path.suffix.lower() == ".pdf"
            if path.is_file()
            if not any(
                part.startswith(".") for part in path.relative_to(self._directory).parts
            )
        )

    def _places(self, paper_id: str) -> Iterator[tuple[Path, str]]:
        """Folders and stems where arXiv's bulk downloads and people put a paper."""
        if not _SAFE_PART.fullmatch(paper_id.replace("/", "_")):
            return
        stem = paper_id.replace("/", "_")
        for folder in ("", "pdf"):
            yield self._directory / folder, stem
        if parse_id(paper_id) is None:
            return
        archive, _, number = paper_id.rpartition("/")
        month = number[:4]
        for folder in (month, f"pdf/{month}"):
            yield self._directory / folder, stem
        if archive:
            for folder in ("", "pdf", month, f"pdf/{month}"):
                yield self._directory / folder, f"{archive}{number}"
            for folder in (f"{archive}/{month}", f"{archive}/pdf/{month}"):
                yield self._directory / folder, number


def _inside(folder: Path, name: str) -> Path | None:
    parts = PurePosixPath(name.replace("\\", "/")).parts
    if not parts or not all(_SAFE_PART.fullmatch(part) for part in parts):
        return None
    if ".." in parts or parts[0].endswith(":"):
        return None
    path = folder.joinpath(*parts)
    return path if path.is_file() else None


def _version_of(path: Path) -> int | None:
    found = _VERSION.search(path.stem)
    return int(found[1]) if found else None
