"""Citations, read back by the programs that others use to read them."""

from __future__ import annotations

import json
import re
import warnings
from datetime import UTC, datetime
from pathlib import Path

import pytest
import rispy
from bibtexparser.entrypoint import parse_string
from bibtexparser.middlewares import (
    LatexDecodingMiddleware,
    SeparateCoAuthors,
    SplitNameParts,
)
from bibtexparser.model import Entry
from hypothesis import given
from hypothesis import strategies as st
from pylatexenc.latex2text import LatexNodes2Text

from chatpaper.citations import FORMATS, to_bibtex, to_csl_json, to_ris
from chatpaper.records import Paper
from commands import run_command
from night import Night, title_of

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    from citeproc import (
        Citation,
        CitationItem,
        CitationStylesBibliography,
        CitationStylesStyle,
        formatter,
    )
    from citeproc.source.json import CiteProcJSON

SMALL = Paper(
    id="2401.11831",
    version=2,
    title=r"GANs & $\ell_2$ norms: 50% of {it} with StyleGAN_2 # Fréchet",
    authors=(
        "Jan van Veen",
        "José Ñandú, Jr.",
        "ATLAS Collaboration",
        "李明",
        "Ludwig van der Berg III",
        "Erdős, Paul",
    ),
    abstract="A small network is enough.",
    journal_ref="Phys. Rev. D 76, 013009 (2007)",
    doi="10.1103/PhysRevD.76_013009",
    primary_category="cs.CV",
    categories=("cs.CV", "stat.ML"),
    published=datetime(2024, 1, 22, 9, tzinfo=UTC),
    abs_url="https://arxiv.org/abs/2401.11831v2",
    pdf_url="https://arxiv.org/pdf/2401.11831v2",
)
HOSTILE = (
    r"\input{/etc/passwd}",
    r"x}, author = {Nobody}, note = {",
    "}\n@misc{evil, title = {x}}",
    "a % comment\\",
    "{{{{",
    "}}}",
    r"\write18{rm}",
    "$\\input{x}$ and $\\csname a\\endcsname$",
    "“quotes” and 'x' \"y\"",
    "AU  - Nobody\nER  - ",
)


def bib_entries(text: str, *, names: bool = True) -> list[Entry]:
    """What another reader finds in BibTeX; it fails on the first thing it cannot."""
    people = [SeparateCoAuthors(), SplitNameParts()]
    library = parse_string(
        text, append_middleware=people if names else [LatexDecodingMiddleware()]
    )
    assert text.count("{") == text.count("}")  # BibTeX counts escaped ones too
    assert not library.failed_blocks, library.failed_blocks[0].error
    return list(library.entries)


def test_bibtex_is_read_back() -> None:
    """Title, people, number and addresses, as arXiv's own export has them."""
    (entry,) = bib_entries(to_bibtex([SMALL]))
    (decoded,) = bib_entries(to_bibtex([SMALL]), names=False)
    plain = LatexNodes2Text().latex_to_text
    people = [
        (plain(" ".join(name.von + name.last)), plain(" ".join(name.first)))
        for name in entry["author"]
    ]

    assert (entry.key, entry.entry_type) == ("vanveen2024gans", "misc")
    assert decoded["title"] == re.sub(r"[{}]", "", SMALL.title)
    assert people == [
        ("van Veen", "Jan"),
        ("Ñandú", "José"),
        ("ATLAS Collaboration", ""),
        ("李明", ""),
        ("van der Berg", "Ludwig"),
        ("Erdős", "Paul"),
    ]
    assert [entry[name] for name in ("year", "eprint", "archiveprefix")] == [
        "2024",
        "2401.11831",
        "arXiv",
    ]
    assert (entry["primaryclass"], entry["doi"]) == ("cs.CV", SMALL.doi)
    assert (entry["note"], entry["url"]) == (SMALL.journal_ref, SMALL.abs_url)


def test_ris_is_read_back() -> None:
    """One record with its people turned round, and its addresses."""
    (found,) = rispy.loads(to_ris([SMALL]))

    assert (found["type_of_reference"], found["id"]) == ("UNPB", "vanveen2024gans")
    assert found["title"] == SMALL.title
    assert found["authors"][:2] == ["van Veen, Jan", "Ñandú, José, Jr."]
    assert (found["year"], found["publisher"]) == ("2024", "arXiv")
    assert (found["doi"], found["urls"]) == (SMALL.doi, [SMALL.abs_url])


def test_csl_json_is_set_by_a_citeproc() -> None:
    """The style of the APA finds people, year, title, number and address."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        source = CiteProcJSON(json.loads(to_csl_json([SMALL])))
        style = CitationStylesStyle("apa", validate=False)
        bibliography = CitationStylesBibliography(style, source, formatter.plain)
        bibliography.register(Citation([CitationItem("vanveen2024gans")]))
        line = "".join(map(str, bibliography.bibliography()[0]))

    assert line == (
        "van Veen, J., Ñandú, J., Jr., ATLAS Collaboration, 李明,"
        f" van der Berg, L., III, & Erdős, P. (2024). {SMALL.title}"
        f" (ArXiv:2401.11831v2). arXiv. https://doi.org/{SMALL.doi}"
    )


def test_keys_do_not_hang_on_the_order() -> None:
    """Papers that would share a key have their id behind it, each of them."""
    again = [SMALL, paper("2402.00001")]

    assert [entry.key for entry in bib_entries(to_bibtex(again))] == [
        "vanveen2024gans-240111831v2",
        "vanveen2024gans-240200001v2",
    ]
    assert [entry.key for entry in bib_entries(to_bibtex(again[::-1]))] == [
        "vanveen2024gans-240200001v2",
        "vanveen2024gans-240111831v2",
    ]


@pytest.mark.parametrize(
    ("name", "title", "key"),
    [
        ("Jan Łukasiewicz", "Łódź in Maps", "lukasiewicz2024lodz"),
        ("Bjørn Ødegård", "Ærø from Above", "odegard2024aero"),
        ("Anna Groß", "Networks", "gross2024networks"),
        ("Jón Þórðarson", "Networks", "thordarson2024networks"),
        ("Minh Đặng", "Đặc trưng", "dang2024dac"),
        ("Ayşe Kılıç", "Networks", "kilic2024networks"),
        ("Ħanna Œuvre", "Networks", "oeuvre2024networks"),
        ("Иван Петров", "Networks", "2024networks"),
    ],
)
def test_keys_keep_letters_of_one_piece(name: str, title: str, key: str) -> None:
    """A stroke or a ligature is spelled in plain letters; the entry is read back."""
    one = paper(authors=(name,), title=title)
    (entry,) = bib_entries(to_bibtex([one]))

    assert entry.key == key


def paper(paper_id: str = "2401.00001", **changes: object) -> Paper:
    """The small paper with other facts."""
    from dataclasses import replace

    return replace(SMALL, id=paper_id, **changes)  # type: ignore[arg-type]


@pytest.mark.parametrize("words", HOSTILE)
def test_hostile_words_stay_words(words: str) -> None:
    """They are no second entry, no field of another, and no command to TeX."""
    hostile = paper(
        title=words,
        authors=(words, "A Roe"),
        journal_ref=words,
        doi=words,
        abstract=words,
    )
    text = to_bibtex([hostile])
    entries = bib_entries(text, names=False)
    (record,) = rispy.loads(to_ris([hostile]))
    (item,) = json.loads(to_csl_json([hostile]))

    assert len(entries) == 1
    assert entries[0]["eprint"] == "2401.00001"
    assert not re.search(r"\\(?:input|write|csname|endcsname)", text)
    assert record["authors"][-1] == "Roe, A"
    assert item["number"] == "arXiv:2401.00001v2"


@given(st.text(max_size=60), st.lists(st.text(max_size=20), max_size=4))
def test_any_words_are_one_entry(title: str, authors: list[str]) -> None:
    """Braces match, and no line begins a field of its own, whatever the words."""
    strange = paper(title=title, authors=tuple(authors), doi=title, journal_ref=title)

    assert len(bib_entries(to_bibtex([strange, SMALL]), names=False)) == 2
    assert len(rispy.loads(to_ris([strange, SMALL]))) == 2
    assert len(json.loads(to_csl_json([strange, SMALL]))) == 2


def test_cite_prints_posted_papers_and_asks_for_others(nights: Night) -> None:
    """Posted ones come from the posts; arXiv is asked only for the others."""
    nights.settings["output"] = {"formats": ["hexo", "bibtex"]}
    nights.run()
    asked = nights.arxiv.count()
    env = nights.environment
    posts = Path(nights.directory / "posts")
    both = run_command("cite", "2611.00001", env=env, cwd=nights.directory)
    strange = run_command(
        "cite", "2611.00001", "1.2", "--format", "ris", env=env, cwd=nights.directory
    )
    listed = run_command("cite", "--topic", "gan", env=env, cwd=nights.directory)
    beside = next(posts.glob("*/GAN.bib")).read_text("utf-8")

    assert (both.returncode, listed.returncode) == (0, 0), both.stderr
    assert bib_entries(both.stdout)[0]["eprint"] == "2611.00001"
    assert nights.arxiv.count() == asked
    assert strange.returncode == 1
    assert "chatpaper: 1.2: neither in a post nor on arXiv" in strange.stderr
    assert rispy.loads(strange.stdout)[0]["title"] == title_of(1)
    assert {e["eprint"] for e in bib_entries(listed.stdout)} == {
        f"2611.{number:05d}" for number in range(3)
    }
    assert {e.key for e in bib_entries(beside)} == {
        e.key for e in bib_entries(listed.stdout)
    }
    assert (posts / "papers.bib").read_text("utf-8") == listed.stdout


def test_cite_tells_what_it_cannot() -> None:
    """A format that is none, and a folder without posts."""
    wrong = run_command("cite", "--format", "word", env={}, cwd=Path.cwd())

    assert wrong.returncode == 2
    assert "--format: word: not one of " + ", ".join(FORMATS) in wrong.stderr
