"""The bundled sample papers: labelled, small, and in step with their metadata."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import unicodedata
from datetime import UTC, datetime
from importlib.resources import files
from pathlib import Path
from typing import Any

import pymupdf
import pytest
from pylatexenc.latex2text import LatexNodes2Text

SAMPLES = Path(str(files("chatpaper"))) / "samples"
BUILD = Path(__file__).parent / "papers" / "build.py"
ROWS: list[dict[str, Any]] = [
    json.loads(line)
    for line in (SAMPLES / "metadata.jsonl").read_text("utf-8").splitlines()
]

FIELDS = (
    "id",
    "version",
    "title",
    "authors",
    "abstract",
    "comment",
    "primary",
    "categories",
    "published",
    "updated",
    "pdf",
)

each_sample = pytest.mark.parametrize("row", ROWS, ids=lambda row: str(row["id"]))


def pages_of(pdf: Path) -> list[str]:
    """Text of every page."""
    with pymupdf.open(pdf) as document:
        return [page.get_text() for page in document]


def letters(text: str) -> str:
    """Fold what typesetting changes: line breaks, hyphens, ligatures, math fonts."""
    return re.sub(r"[\s\u00ad-]", "", unicodedata.normalize("NFKC", text))


@each_sample
def test_title_authors_and_abstract_are_printed(row: dict[str, Any]) -> None:
    """What the metadata say stands on the first page, letter by letter."""
    first_page = letters(pages_of(SAMPLES / row["pdf"])[0])

    assert letters(LatexNodes2Text().latex_to_text(row["title"])) in first_page
    assert letters(row["abstract"]) in first_page
    assert all(letters(author) in first_page for author in row["authors"])


@each_sample
def test_sample_says_that_it_is_one(row: dict[str, Any]) -> None:
    """Nobody can take a sample for a real paper: note, stamp and comment say so."""
    first_page = letters(pages_of(SAMPLES / row["pdf"])[0])

    assert (
        letters("Sample paper written for chatpaper; not peer reviewed") in first_page
    )
    assert letters("not a real paper") in first_page
    assert row["comment"].startswith("Sample paper written for chatpaper")


@each_sample
def test_comment_counts_pages_and_figures(row: dict[str, Any]) -> None:
    """The counts in the comment are those of the PDF, and the paper is short."""
    pages = pages_of(SAMPLES / row["pdf"])
    captions = set(re.findall(r"^Fig(?:ure|\.)\s(\d+)[.:]", "\n".join(pages), re.M))

    assert 2 <= len(pages) <= 4
    assert len(captions) >= 2
    assert row["comment"].endswith(f", {len(pages)} pages, {len(captions)} figures")


@each_sample
def test_every_glyph_has_its_letter(row: dict[str, Any]) -> None:
    """No replacement character, no private code point: every glyph was embedded."""
    text = "".join(pages_of(SAMPLES / row["pdf"]))

    assert not [c for c in text if c == "\ufffd" or unicodedata.category(c) == "Co"]


@each_sample
def test_nothing_runs_off_the_page(row: dict[str, Any]) -> None:
    """No word comes nearer than 10 points to an edge of its page."""
    with pymupdf.open(SAMPLES / row["pdf"]) as document:
        for page in document:
            _, _, width, height = page.rect
            lost = [
                word
                for x0, top, x1, bottom, word, *_ in page.get_text("words")
                if min(x0, top, width - x1, height - bottom) < 10
            ]

            assert lost == []


def test_metadata_have_the_fields_of_a_folder_source() -> None:
    """Every row has the same fields, aware UTC times and a category of its own list."""
    assert [row["id"] for row in ROWS] == [f"sample-{n:02}" for n in range(1, 6)]
    for row in ROWS:
        assert tuple(row) == FIELDS
        assert row["primary"] in row["categories"]
        for moment in (row["published"], row["updated"]):
            assert datetime.fromisoformat(moment).tzinfo == UTC


def test_samples_stay_small() -> None:
    """All PDFs together are a guest in the wheel: under 1.5 MB."""
    sizes = {pdf.stem: pdf.stat().st_size for pdf in SAMPLES.glob("*.pdf")}

    assert sizes.keys() == {row["id"] for row in ROWS}
    assert sum(sizes.values()) < 1_500_000


def test_building_from_source_gives_the_same_papers(tmp_path: Path) -> None:
    """The PDFs are what their sources say, and two builds do not differ in a byte."""
    pytest.importorskip("typst")
    builds = [tmp_path / "one", tmp_path / "two"]
    for folder in builds:
        folder.mkdir()
        subprocess.run([sys.executable, BUILD, folder], check=True, timeout=200)

    for row in ROWS:
        one, two = (folder / row["pdf"] for folder in builds)
        bundled = SAMPLES / row["pdf"]
        assert letters("".join(pages_of(one))) == letters("".join(pages_of(bundled)))
        assert one.read_bytes() == two.read_bytes()
