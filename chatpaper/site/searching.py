"""Indexes of the papers, which a reader's browser searches by itself.

Pagefind makes it, from a plain page of each paper's words. Its extended build, which
comes with `chatpaper[site]`, takes Chinese apart into words.
"""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterable, Mapping
from functools import cache
from importlib import import_module
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

from markupsafe import escape

from chatpaper.errors import SiteError
from chatpaper.fragments import html_of
from chatpaper.posts import printed_claim, shown_claims, title_of, translated_title
from chatpaper.records import Digest

TIMEOUT_S = 1800.0
MOST = 2000  # papers of one index: some 10 s of a core and 250 MB, when one comes in


def bundles_of(first_days: Mapping[str, str]) -> dict[str, list[str]]:
    """The papers of each index by its folder, newest first.

    An index is made anew as a whole, so each has a year's papers, or a quarter's where
    a year has many: what has passed stays as it is.

    Args:
        first_days: Day of the first post of each paper.
    """
    years: dict[str, list[str]] = {}
    for paper_id, day in first_days.items():
        years.setdefault(day[:4], []).append(paper_id)
    bundles: dict[str, list[str]] = {}
    for year, ids in years.items():
        for paper_id in ids:
            quarter = f"-{(int(first_days[paper_id][5:7]) + 2) // 3}"
            name = f"pagefind-{year}{quarter if len(ids) > MOST else ''}"
            bundles.setdefault(name, []).append(paper_id)
    return dict(sorted(bundles.items(), reverse=True))


class Found(NamedTuple):
    """A paper as the search knows it.

    Attributes:
        url: Below the site.
        title, original: Shown; the latter empty when it is the title.
        text: Searched.
    """

    url: str
    title: str
    original: str
    text: str


@cache
def pagefind() -> Path | None:
    """The program, of the package for Chinese; None where it is not installed."""
    try:
        found = import_module("pagefind_bin_extended").get_executable()
    except (ImportError, AttributeError):
        return None
    return Path(found) if found and Path(found).is_file() else None


def found_of(digest: Digest, url: str) -> Found:
    """What the search knows of a paper: what its page says of it, and its abstract."""
    title = plain_words(title_of(digest.paper))
    translated = plain_words(translated_title(digest))
    words = [printed_claim(checked.claim) for checked in shown_claims(digest)]
    words += digest.summary.keywords if digest.summary else ()
    words += [digest.paper.abstract, *digest.paper.authors]
    words += [digest.paper.id, *digest.paper.categories]
    return Found(
        url=url,
        title=translated or title,
        original=title if translated else "",
        text="\n".join(map(plain_words, words)),
    )


def plain_words(text: str) -> str:
    """A text with the signs of its formulas, but without their markup."""
    return html_of(text).striptags()


def write_index(papers: Iterable[Found], language: str, folder: Path) -> None:
    """Write the index of some papers into a folder, which must not exist.

    Raises:
        SiteError: Pagefind fails, or counts other papers than it was given.
    """
    program = pagefind()
    assert program is not None
    with TemporaryDirectory() as name:
        pages = Path(name)
        given = 0
        for paper in papers:
            given += 1
            page = pages / paper.url
            page.parent.mkdir(parents=True, exist_ok=True)
            page.write_text(_page(paper, language), encoding="utf-8")
        command = [str(program), "--site", name, "--output-path", str(folder)]
        command += ["--force-language", language, "--quiet"]
        try:
            done = subprocess.run(  # noqa: S603 - the program of a package
                command, capture_output=True, text=True, timeout=TIMEOUT_S, check=False
            )
        except (OSError, subprocess.TimeoutExpired) as error:
            raise SiteError(str(folder), f"pagefind does not run: {error}") from error
    if done.returncode:
        said = " ".join((done.stderr or done.stdout).split())[-300:]
        raise SiteError(str(folder), f"pagefind fails: {said}")
    if (counted := indexed(folder)) != given:
        raise SiteError(str(folder), f"pagefind knows {counted} of {given} papers")


def _page(paper: Found, language: str) -> str:
    # A weight lifts what stands in a title above what stands in a text.
    return (
        f'<!doctype html><html lang="{language}"><title>{escape(paper.title)}</title>'
        f'<body><h1 data-pagefind-meta="title">{escape(paper.title)}</h1>'
        f'<p data-pagefind-weight="5" data-pagefind-meta="original">'
        f"{escape(paper.original)}</p><p>{escape(paper.text)}</p></body></html>"
    )


def indexed(folder: Path) -> int:
    """How many papers an index says it has."""
    try:
        entry = json.loads((folder / "pagefind-entry.json").read_bytes())
        return sum(one["page_count"] for one in entry["languages"].values())
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return 0
