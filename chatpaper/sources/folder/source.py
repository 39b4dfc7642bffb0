"""Papers from a local folder of PDFs, with or without metadata beside them."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from pathlib import Path, PurePosixPath
from typing import NamedTuple

from chatpaper.config import Config
from chatpaper.errors import FetchError
from chatpaper.records import Paper, Topic
from chatpaper.resources import resource_path
from chatpaper.sources.folder.metadata import (
    file_of,
    paper_of,
    published_of,
    read_lines,
)
from chatpaper.sources.identifier import abs_url, parse_id, pdf_url
from chatpaper.sources.local_query import matches, refuse_unreadable, why_unwanted
from chatpaper.sources.source import (
    Found,
    Surroundings,
    count_reasons,
    newest_first,
)

# --------------------------------------------------------------------------------------
# Where a folder keeps the PDF of a paper: flat, in `pdf/`, or as arXiv's bulk does.

# Looked for by name, since a bulk folder is too long to list. Few papers on arXiv have
# more versions than five behind the one that its metadata names.
NEWER_VERSIONS = 5
_VERSION = re.compile(r"v([1-9]\d{0,3})$")
_SAFE_PART = re.compile(r"[^\x00/\\]{1,200}")


class PdfFile(NamedTuple):
    """A file, and the version in its name, if there is one."""

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


# --------------------------------------------------------------------------------------
# A folder of PDFs, with or without metadata, asked as if it were arXiv.
#
# `metadata.jsonl` holds one paper a line, with the fields `id`, `version`, `title`,
# `authors`, `abstract`, `comment`, `primary`, `categories`, `published`, `updated`
# and `pdf`, of which only `id` and `title` are needed; or it is arXiv's own metadata
# snapshot. It is read as a stream, so it may be as large as arXiv.

METADATA = ("metadata.jsonl", "metadata.json", "arxiv-metadata-oai-snapshot.json")


class FolderSource:
    """Papers of a folder: its metadata file, and PDFs in it or below."""

    live = False
    gap_s = 0.0

    def __init__(self, directory: Path, *, name: str = "folder") -> None:
        """Nothing is read yet.

        Args:
            directory: The folder.
            name: What its papers say of where they come from.
        """
        self._directory = directory
        self.name = name
        self._pdfs = PdfFolder(directory)
        self._paths: dict[str, Path] = {}

    def find(
        self, topic: Topic, since: datetime, until: datetime, max_papers: int
    ) -> Found:
        """Papers of a topic, its queries answered locally as arXiv would.

        Args:
            topic: Its queries are matched with the metadata. Without metadata every PDF
                is found, and `needs_pdf_facts` of its paper is true.
            since: First submissions from this moment on; aware.
            until: Up to this one; aware. Papers without a date are always within.
            max_papers: The newest are kept.

        Raises:
            FetchError: The folder or its metadata cannot be read.
            ConfigError: A query that cannot be read.
        """
        refuse_unreadable(topic)
        excluded: Counter[str] = Counter()
        newest = _Newest(max_papers)
        total = 0
        try:
            for paper, file in self._papers(since, until, excluded):
                if not needs_pdf_facts(paper) and not matches(topic, paper):
                    continue
                total += 1
                if reason := why_unwanted(topic, paper):
                    excluded[reason] += 1
                elif (kept := self._with_file(paper, file)) is not None:
                    newest.add(kept)
                else:
                    excluded["no PDF in the folder"] += 1
        except OSError as error:
            raise FetchError(
                str(self._directory), f"cannot be read: {error}"
            ) from error
        excluded["over the limit"] = newest.dropped()
        return Found(
            papers=newest.papers(),
            query=f"{' OR '.join(topic.queries) or topic.name} in {self._directory}",
            total=total,
            excluded=count_reasons(excluded),
        )

    def get(self, ids: Sequence[str]) -> tuple[Paper, ...]:
        """Nothing: a folder has no newer version of any paper."""
        del ids
        return ()

    def quiet(self, since: datetime) -> None:
        """Nothing: a folder has no calendar."""
        del since

    def pdf(self, paper: Paper) -> Path:
        """The paper's file.

        Raises:
            FetchError: There is none.
        """
        known = self._paths.get(paper.versioned_id)
        file = None if known else self._pdfs.find(paper.id, paper.version)
        path = known or (file.path if file else None)
        if path is None or not path.is_file():
            reason = f"there is no PDF of {paper.versioned_id}"
            raise FetchError(str(self._directory), reason)
        return path

    def _papers(
        self, since: datetime, until: datetime, excluded: Counter[str]
    ) -> Iterator[tuple[Paper, str | None]]:
        """Papers of the window, each with its PDF's name where that is known."""
        if not self._directory.is_dir():
            raise FetchError(str(self._directory), "there is no such folder")
        files = (self._directory / name for name in METADATA)
        metadata = next((path for path in files if path.is_file()), None)
        if metadata is None:
            for path in self._pdfs.all_pdfs():
                yield self._bare(path), path.relative_to(self._directory).as_posix()
            return
        for fields in read_lines(metadata):
            if fields is None:
                excluded["unreadable line of the metadata"] += 1
                continue
            published = published_of(fields)
            if published is None or since <= published <= until:
                yield paper_of(fields, self.name), file_of(fields)

    def _bare(self, path: Path) -> Paper:
        """A paper of which only the file is known."""
        parsed = parse_id(path.stem)
        if parsed is not None:
            bare = Paper(id=parsed.base, title="", source=self.name)
            return _of_version(bare, parsed.version or 1)
        nested = path.relative_to(self._directory).with_suffix("").as_posix()
        return Paper(id=nested, title="", source=self.name)

    def _with_file(self, paper: Paper, hint: str | None) -> Paper | None:
        file: PdfFile | None = self._pdfs.find(paper.id, paper.version, hint)
        if file is None:
            return None
        # Quotes and pages are those of the file, so the links must be, too.
        if file.version not in (None, paper.version) and paper.abs_url is not None:
            paper = _of_version(paper, file.version or 1)
        self._paths[paper.versioned_id] = file.path
        return paper


def samples_source() -> FolderSource:
    """The papers that come with chatpaper, written for showing what it does."""
    return FolderSource(resource_path("samples"), name="samples")


@contextmanager
def open_samples(config: Config, around: Surroundings) -> Iterator[FolderSource]:
    """The samples, as an entry of `SOURCES`."""
    del config, around
    yield samples_source()


def needs_pdf_facts(paper: Paper) -> bool:
    """Whether title and abstract are still to be read from the PDF."""
    return not paper.title


class _Newest:
    """The newest papers of many, in bounded memory."""

    def __init__(self, max_papers: int) -> None:
        self._max = max_papers
        self._ids: set[str] = set()
        self._kept: list[Paper] = []

    def add(self, paper: Paper) -> None:
        self._ids.add(paper.id)
        self._kept.append(paper)
        if len(self._kept) > 2 * self._max + 1000:
            self._kept = list(self.papers())

    def papers(self) -> tuple[Paper, ...]:
        return newest_first(self._kept)[: self._max]

    def dropped(self) -> int:
        return len(self._ids) - len(self.papers())


def _of_version(paper: Paper, version: int) -> Paper:
    return replace(
        paper,
        version=version,
        abs_url=abs_url(paper.id, version),
        pdf_url=pdf_url(paper.id, version),
    )
