"""The first author's institution is read, or nothing is."""

from __future__ import annotations

import json
import re
import unicodedata
from pathlib import Path

import pymupdf
import pytest

from chatpaper.reading import parse_document
from chatpaper.reading.front import (
    first_institution,
    institution,
)
from chatpaper.records import Document, Fact, Paper
from pdfs import BOLD, ROMAN, Setter

CORPUS = Path(__file__).parents[2] / "shared" / "corpus"


def put_marked(setter: Setter, centre: float, y: float, text: str, size: float) -> None:
    """Set a line about a centre; what stands in `^{...}` is raised and small."""
    parts = [
        (part, 0.65 * size if raised else size, 4 if raised else 0)
        for at, part in enumerate(re.split(r"\^\{(.*?)\}", text))
        for raised in [at % 2 == 1]
        if part
    ]
    widths = [pymupdf.get_text_length(part, ROMAN, pt) for part, pt, _ in parts]
    x = centre - sum(widths) / 2
    for (part, pt, lift), width in zip(parts, widths, strict=True):
        setter.put(x, y - lift, part, fontsize=pt)
        x += width


def front_page(rows: str, *, note: str = "") -> Document:
    """A paper with rows below its title: `/` parts them, `|` parts columns."""
    setter = Setter()
    setter.put(170, 90, "Learning with Small Networks", fontname=BOLD, fontsize=17)
    y = 122.0
    for row in rows.split(" / "):
        cells = row.split("|")
        for at, cell in enumerate(cells):
            centre = 108 + 396 * (at + 0.5) / len(cells)
            put_marked(setter, centre, y, cell.strip(), 11 if y == 122 else 10)
        y += 12
    setter.y = y + 8
    setter.heading("Abstract", centred=True)
    setter.prose(6, start="We")
    setter.heading("1 Introduction")
    setter.prose(20)
    if note:
        put_marked(setter, 300, 700, note, 8)
    return parse_document("x", setter.pdf())


PLAIN = [
    ("Ada Example^{1}, Ben Sample^{2} / ^{1}Uni A Lab, University of Alba / "
     "^{2}Firm Labs / ada@alba.edu",
     "Uni A Lab, University of Alba"),
    ("Ada Example^{2}, Ben Sample^{1} / ^{1}University of Alba, Alba, Scotland / "
     "^{2}Borea Institute, Oslo, Norway",
     "Borea Institute"),
    ("Ada Example^{1,3*}, Ben Sample^{2} / "
     "^{1}Alba College ^{2}Borea Institute ^{3}Google Research / {a,b}@c.edu",
     "Alba College"),
    ("Ada Example | Ben Sample | Cy Muster / Alba University | Borea Lab | MIT / "
     "ada@a.edu | ben@b.org | cy@mit.edu",
     "Alba University"),
    ("Ada Example and Ben Sample / Department of Physics / University of Alba / "
     "12 High Street, Alba / ada@alba.edu",
     "Department of Physics, University of Alba"),
    ("Ada Example / University of Science and Technology / of Borea / a@b.edu",
     "University of Science and Technology of Borea"),
    ("Ada Example / Stanford University / Stanford, CA / a@b.edu",
     "Stanford University"),
    ("Ada Example^{1} Ben Sample^{2} / "
     "Alba University of Posts^{1} Borea University^{2} / ada@alba.edu",
     None),
    ("Ada Example, Ben Sample, Cy Muster / Microsoft Research / {a,b,c}@d.com",
     "Microsoft Research"),
    ("Ada Example, University of Alba / Ben Sample, Borea Lab",
     "University of Alba"),
    ("Ada Example | Ben Sample / Neptunia | Alba University / a@n.io | b@a.edu",
     None),
    ("Ada Example and Ben Sample / Google Research / Alba University",
     None),
    ("Ada Example and Ben Sample / ada@alba.edu, ben@alba.edu",
     None),
    ("Ada Example^{3} / ^{1}Alba University / ^{2}Borea Institute",
     None),
    ("Ada Example and Ben Sample / Institute for Advanced Study, Olden Lane, Oslo / "
     "Department of Physics, Alba University",
     None),
    ("Ada Example, Ben Sample, Cy Muster / Neptunia | Alba University | MIT",
     None),
    ("Ada Example | Ben Sample / University of Alba | Borea Lab / UK | Norway / "
     "ada@alba.edu | ben@borea.org",
     "University of Alba"),
    ("Ada Example / Alba School of Business, Oslo, ada@alba.edu / Ben Sample / "
     "Borea University",
     None),
    ("Ada Example / Google Inc., ada@google.com / Ben Sample / Borea University",
     "Google Inc"),
    ("Ada Example^{1,2} / ^{1}Neptunia, Alba / ^{2}Borea Institute, Oslo",
     None),
    ("Ada Example^{1} | Ben Sample^{2} / ^{1}Dept. of Physics | ^{2}Dept. of Arts / "
     "University of Alba | Borea University",
     None),
    ("A Working Paper of the Alba Institute / 17 May 2024",
     None),
]  # fmt: skip


@pytest.mark.parametrize(("rows", "expected"), PLAIN, ids=range(len(PLAIN)))
def test_the_first_author_leads_to_an_institution(
    rows: str, expected: str | None
) -> None:
    """Marks lead to it, or the place below the name; in doubt there is none."""
    fact = front_page(rows).affiliation

    assert (fact and fact.text) == expected
    assert fact is None or (fact.page == 1 and fact.quote.startswith("Ada Example"))


NOTED = [
    ("^{*}Borea Institute of Technology, Oslo. Email: ada@borea.edu.",
     "Borea Institute of Technology"),
    ("^{*}Equal contribution. Order set by a coin flip over a Google Hangout.", None),
    ("^{*}Supported by grant 7 of the National Science Foundation.", None),
    ("^{*}Work done while at Google Research.", None),
    ("^{*}We thank colleagues at Stanford University.", None),
    ("A. Example is with the School of Arts, University of Alba, Alba.",
     "School of Arts, University of Alba"),
    ("B. Sample is with the School of Arts, University of Alba, Alba.", None),
]  # fmt: skip


@pytest.mark.parametrize(("note", "expected"), NOTED, ids=range(len(NOTED)))
def test_a_footnote_is_an_affiliation_only_if_it_says_no_more(
    note: str, expected: str | None
) -> None:
    """Grants, thanks and equal shares name institutions, too."""
    fact = front_page("Ada Example^{*} and Ben Sample", note=note).affiliation

    assert (fact and fact.text) == expected


@pytest.mark.parametrize(
    ("printed", "expected"),
    [
        ("Istituto Nazionale di Borea, Via Alba 3, I-34136 Trieste, Italy.",
         "Istituto Nazionale di Borea"),
        ("Dept. of Physics, University of California, Davis, CA, 95616",
         "Dept. of Physics, University of California, Davis"),
        ("International School of Advanced Studies of Alba, Alba",
         "International School of Advanced Studies of Alba"),
        ("Alba University, One Shields Avenue, Alba", "Alba University"),
        ("Alba University, Borea University", ""),
        ("Alba University and Borea University", ""),
        ("Alba University and Alba Medical School", ""),
        ("Alba Institute of Technology and NBER", ""),
        ("U. Oslo and Borea Institute", ""),
        ("School of Arts, University of Alba, and Borea Institute", ""),
        ("Alba University of Science and Technology",
         "Alba University of Science and Technology"),
        ("Department of Ecology, Evolution, and Behavior, University of Alba, Oslo",
         "Department of Ecology, Evolution, and Behavior, University of Alba"),
        ("Physics Department, Indian Institute of Technology, Kanpur 208016, India",
         "Physics Department, Indian Institute of Technology, Kanpur"),
        ("Indian Institute of Technology Madras, India",
         "Indian Institute of Technology Madras"),
        ("Indian Institute of Technology", ""),
        ("California State University, Fullerton, CA 92831",
         "California State University, Fullerton"),
        ("Institut für Theoretische Physik, Philosophenweg 16, Alba", ""),
        ("Center for Computational Astrophysics, Neptunia, Oslo", ""),
        ("Borea Cancer Centre, CRUK, Univ. of Alba", ""),
        ("Center for Advanced Studies of the IPN, Alba",
         "Center for Advanced Studies of the IPN"),
        ("University of Alba, Department of Ecology, Evolution and Behavior, Oslo",
         "University of Alba"),
        ("Google, Inc. New York, NY, USA", "Google Inc"),
        ("Borea Networks, Inc., Oslo", "Borea Networks Inc"),
        ("Univ. Alba Alpes, CNRS, 38000 Oslo, France", "Univ. Alba Alpes, CNRS"),
        ("School of Physics, Tel Aviv University, Tel Aviv",
         "School of Physics, Tel Aviv University"),
        ("Independent Researcher, formerly of Alba University", ""),
        ("1. Alba University", ""),
        ("The University of", ""),
        ("Department of Computer\nScience\nUniversity of Alba\nUK",
         "Department of Computer Science, University of Alba"),
        ("Alba Polytechnic\nInstitute\nOslo, Norway", "Alba Polytechnic Institute"),
        ("Department of Physics", ""),
        ("This work was done at the University of Alba", ""),
        ("Journal of the Alba Institute, vol. 3", ""),
        ("", ""),
    ],
)  # fmt: skip
def test_addresses_and_notes_are_no_institutions(printed: str, expected: str) -> None:
    """Streets, towns and countries are left out; two houses are none."""
    assert institution(printed) == expected


def test_arxivs_first_author_must_be_the_one_read() -> None:
    """An institution of somebody else, or with a name in it, is not shown."""
    fact = Fact(text="Alba Institute", quote="Ada Exämple … Alba Institute", page=1)
    document = Document(paper_id="x", page_count=1, pages_read=1, affiliation=fact)

    def shown(*authors: str) -> Fact | None:
        return first_institution(Paper(id="x", title="T", authors=authors), document)

    assert shown("Ada Example", "Ben Sample") is fact
    assert shown() is fact
    assert shown("Ben Sample", "Ada Example") is None
    assert shown("Ada Example", "Alba Institute") is None


# --------------------------------------------------------------------------------------
# The authors themselves.


@pytest.mark.parametrize(
    ("rows", "authors"),
    [
        (
            "Ada Lovelace^{1}, Grace Hopper^{1,2} / ^{1}Uni of X",
            "Ada Lovelace, Grace Hopper",
        ),
        (
            "Ada Lovelace, Grace Hopper, and Jo Ada / NASA",
            "Ada Lovelace, Grace Hopper, Jo Ada",
        ),
        (
            "Ada B. Lovelace|Grace Hopper / Uni of X|Navy",
            "Ada B. Lovelace, Grace Hopper",
        ),
        ("Bart van der Berg∗ & Sofía Núñez† / ∗MIT", "Bart van der Berg, Sofía Núñez"),
        ("Ada Lovelace, Member, IEEE / University of X", "Ada Lovelace"),
    ],
)
def test_authors_are_read_as_printed(rows: str, authors: str) -> None:
    """In rows and in columns, without their marks and titles."""
    assert ", ".join(front_page(rows).authors) == authors


@pytest.mark.parametrize(
    "rows",
    [
        "Ada Lovelace Grace Hopper Mary Jackson / University of X",
        "Ada Lovelace|Chandrashekhar / University of X|Uni of Y",
        "Ada Lovelace / Grace Hopper / University of X",
        "Anonymous authors / Paper under double-blind review",
        "University of X",
        "THIS IS A TEMPORARY TITLE PAGE",
        "ada@example.org",
        "12 May 2024",
    ],
)
def test_authors_in_doubt_are_left_out(rows: str) -> None:
    """Two names in one, half a name, another type of letter, no name at all."""
    assert front_page(rows).authors == ()


def test_a_list_of_authors_goes_on_over_lines() -> None:
    """A name may be parted by the end of a line."""
    setter = Setter()
    setter.put(170, 90, "Learning with Small Networks", fontname=BOLD, fontsize=17)
    names = [f"{first} Tester" for first in ("Anna", "Berta", "Cora", "Dora", "Emma")]
    setter.put(100, 122, f"{', '.join(names)}, Fritz", fontsize=11)
    setter.put(100, 136, "Lang, Gerda Tester, Hans Tester", fontsize=11)
    setter.put(100, 150, "University of Somewhere", fontsize=10)
    setter.y = 170
    setter.heading("Abstract", centred=True)
    setter.prose(6, start="We")
    setter.heading("1 Introduction")
    setter.prose(20)

    found = parse_document("x", setter.pdf()).authors

    assert list(found) == [*names, "Fritz Lang", "Gerda Tester", "Hans Tester"]


@pytest.mark.skipif(not CORPUS.is_dir(), reason="no papers beside the repository")
def test_authors_of_real_papers_are_those_of_arxiv() -> None:
    """Or none, or in the order in which a page has them."""
    lines = (CORPUS / "metadata.jsonl").read_text("utf-8").splitlines()
    right = left_out = 0
    papers = list(map(json.loads, lines))[::6]
    for paper in papers:
        pdf = CORPUS / "pdf" / f"{paper['id'].replace('/', '_')}v{paper['version']}.pdf"
        if pdf.is_file():
            found = parse_document("x", pdf, max_pages=1).authors
            assert not found or sorted(map(spelt, found)) == sorted(
                map(spelt, paper["authors"])
            )
            right += bool(found)
            left_out += not found

    assert right > 4 * left_out


def spelt(name: str) -> str:
    """A name without accents and spaces."""
    plain = unicodedata.normalize("NFKD", name)
    return "".join(c for c in plain if c.isalnum()).lower()
