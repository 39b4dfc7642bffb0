"""What somebody names: a PDF of this machine, or a paper of arXiv."""

from __future__ import annotations

import os
import reprlib
from collections.abc import Iterable
from pathlib import Path

from chatpaper.errors import ConfigError
from chatpaper.records import Paper
from chatpaper.sources import Source, parse_id
from chatpaper.text import read_doi

Name = str | os.PathLike[str]


def named(name: Name) -> Path | str:
    """What a name stands for: a file, or else the id of a paper of arXiv.

    Raises:
        ConfigError: Neither; says what it seems to be.
    """
    if not isinstance(name, str | os.PathLike):
        raise ConfigError(reprlib.repr(name), _why_no_name(name))
    text = os.fspath(name)
    if path := _file(text):
        return path
    # What ends as a file is meant for one; an address of arXiv may, too.
    is_file = text.lower().endswith(".pdf") and "arxiv.org/" not in text.lower()
    found = parse_id(text) if isinstance(name, str) and not is_file else None
    if found is None:
        raise ConfigError(text or "''", _why_neither(text))
    return found.spelled


def pdf_named(name: Name) -> Path:
    """The file of a name.

    Raises:
        ConfigError: There is none.
    """
    found = named(name)
    if isinstance(found, Path):
        return found
    problem = "no such file; chatpaper.summarize fetches papers from arXiv"
    raise ConfigError(os.fspath(name), problem)


def local_paper(file: Path) -> Paper:
    """A paper of which only the file is known; it has no versions."""
    return Paper(id=file.stem, version=0, title="", source="folder")


def paper_of(name: Path | str, source: Source) -> tuple[Paper, Path]:
    """A paper and its PDF, of what was named.

    Raises:
        ConfigError: arXiv does not know it.
        FetchError: It does not answer.
    """
    if isinstance(name, Path):
        return local_paper(name), name
    papers = source.get([name])
    if not papers:
        raise ConfigError(name, "arXiv knows no such paper")
    return papers[0], source.pdf(papers[0])


def _file(text: str) -> Path | None:
    path = os.path.expanduser(text)  # noqa: PTH111 - it may be too long for a path
    return Path(path) if os.path.isfile(path) else None  # noqa: PTH113 - likewise


def _why_no_name(name: object) -> str:
    if isinstance(name, bytes | bytearray):
        return "what a file holds: write it to a file, and name that"
    if isinstance(name, Iterable) and not hasattr(name, "read"):
        return "several names: chatpaper.summarize_all takes them, this takes one"
    return "is no name: write '2401.11831', or a file's name in quotes"


def _why_neither(text: str) -> str:
    if os.path.isdir(os.path.expanduser(text or "?")):  # noqa: PTH111, PTH112 - likewise
        return "a folder: name its files, as in pathlib.Path(folder).glob('*.pdf')"
    if read_doi(text):
        return "a DOI, not of arXiv: download the PDF and name its file"
    if "://" in text:
        return "only arXiv's addresses are fetched: download the PDF and name its file"
    if text.lower().endswith(".pdf"):
        return "no such file"
    return "no such file, and no arXiv id like 2401.11831v2"
