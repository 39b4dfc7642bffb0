"""Extraction is as good as it was: scores against the floors in floors.json.

The bundled samples are scored against their Typst sources. Where labelled papers lie
beside the checkout, copies of them without their outlines are scored as well.
`make score` prints the figures.
"""

import hashlib
import json
import re
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import Any

import pymupdf
import pytest

from chatpaper.cli.papers import document_line
from chatpaper.reading import parse_document
from chatpaper.records import Document, Paper
from chatpaper.resources import resource_path
from chatpaper.summary.text import paper_text

HERE = Path(__file__).parent
SHARED = HERE.parent.parent / "shared"
FLOORS: dict[str, dict[str, float]] = json.loads((HERE / "floors.json").read_text())

pytestmark = [pytest.mark.score, pytest.mark.timeout(600)]


def hold(name: str, scores: dict[str, float]) -> None:
    """Print all scores and see that none has fallen below its floor."""
    print(f"\n{name}:")
    for key, floor in FLOORS[name].items():
        print(f"  {key:<24}{scores[key]:.4f}  (floor {floor})")
    fallen = {k: scores[k] for k, floor in FLOORS[name].items() if scores[k] < floor}

    assert not fallen


# ---------------------------------------------------------------- the samples

# Figures and tables as printed.
PRINTED = {
    "sample-01": (3, 1),
    "sample-02": (3, 1),
    "sample-03": (2, 3),
    "sample-04": (2, 2),
    "sample-05": (4, 1),
}


def source_headings(source: str) -> list[tuple[int, str]]:
    """Levels and titles of a Typst source's headings."""
    found = re.findall(r"^(=+) ([^<\n]+)", source, re.MULTILINE)
    return [(len(marks), title.strip()) for marks, title in found]


def fold(text: str) -> str:
    """Letters and digits only."""
    return re.sub(r"[^a-z0-9]+", "", text.lower())


def sample_scores() -> Iterator[tuple[tuple[int, int, int, int], Document]]:
    """Hits, levels right, printed and found headings of each sample."""
    for path in sorted((HERE / "papers").glob("sample-*.typ")):
        source = path.read_text(encoding="utf-8")
        pdf = resource_path("samples") / f"{path.stem}.pdf"
        document = parse_document(path.stem, pdf)
        gold = [(level, fold(title)) for level, title in source_headings(source)]
        found = [
            (section.level, fold(section.title))
            for section in document.sections
            if section.title and section.kind in ("section", "appendix")
        ]
        titles = {title for _, title in gold}
        hits = [heading for heading in found if heading[1] in titles]
        right = sum(heading in gold for heading in hits)
        yield (len(hits), right, len(gold), len(found)), document


def test_samples_are_read_as_well_as_before() -> None:
    """Headings, abstracts, figures and tables of our own papers."""
    rows = list(sample_scores())
    hits, right, gold, found = (sum(row[n] for row, _ in rows) for n in range(4))
    records = (resource_path("samples") / "metadata.jsonl").read_text("utf-8")
    abstracts = {
        record["id"]: fold(re.sub(r"\\.|\$", "", record["abstract"]))
        for record in map(json.loads, records.splitlines())
    }
    documents = [document for _, document in rows]

    def exact(kind: str, nth: int) -> float:
        """Share of samples in which all figures or tables were found."""
        pairs = [
            (sum(f.kind == kind for f in d.figures), PRINTED[d.paper_id][nth])
            for d in documents
        ]
        return sum(found == printed for found, printed in pairs) / len(pairs)

    hold(
        "samples",
        {
            "headings.f1": 2 * right / (gold + found),
            "level_accuracy": right / hits,
            "abstracts": sum(
                fold(d.abstract)[:60] == abstracts[d.paper_id][:60] for d in documents
            )
            / len(documents),
            "figure_count_exact": exact("figure", 0),
            "table_count_exact": exact("table", 1),
        },
    )


# ---------------------------------------------------------------- labelled papers

# What an entry of a bibliography has and prose has not: counted in what is sent.
ENTRIES = re.compile(
    r"^\[\d{1,3}\]\s+(?=[A-Z][^\n]{0,300}\b(?:19|20)\d\d)|arXiv preprint arXiv:\d|"
    r"\bpp\. ?\d+[-–]\d+|\b\d{1,4}, L?\d{1,6} \((?:19|20)\d\d\)|"
    r"[A-Z][\w'-]+, (?:[A-Z]\.[ -]?){1,3},? (?:&|and|[A-Z][\w'-]+, [A-Z]\.)|"
    r"(?:[A-Z]\. ){1,3}[A-Z][\w'-]+, (?:[A-Z]\. ){1,3}[A-Z][\w'-]+,? (?:and|,|&)|"
    r"\b(?:19|20)\d\d[a-z]?[).,;]* [^\n]{0,80}?\b\d{1,4} ?(?:\(\d+\))?[,:] ?\d+[-–]\d",
    re.MULTILINE,
)
# Marks so near to each other are entries; single ones are the paper's own citation.
NEAR_CHARS, MARKS = 1500, 4


def lists_entries(text: str) -> bool:
    """Whether several entries of a bibliography stand together in a text."""
    at = [match.start() for match in ENTRIES.finditer(text)]
    runs = zip(at, at[MARKS - 1 :], strict=False)
    return any(last - first < NEAR_CHARS for first, last in runs)


def ends(text: str) -> list[str]:
    """What an abstract begins and ends with, so that no words need be kept here."""
    letters = fold(text)
    return [hashlib.sha256(part.encode()).hexdigest()[:12]
            for part in (letters[:30], letters[-30:])]  # fmt: skip


def read_bare(pdf: Path) -> tuple[str, Document, str]:
    """What is said of a copy without an outline, and the digest of the original."""
    with pymupdf.open(pdf) as file:
        file.set_toc([])
        data = file.tobytes()
    document = parse_document(pdf.stem, data)
    digest = hashlib.sha256(pdf.read_bytes()).hexdigest()[:16]
    # In ASCII, since the scorer takes any sign that parts lines for the end of one.
    line = json.dumps(json.loads(document_line(pdf, document)))
    return line, document, digest


def shared_scores(name: str, folder: Path) -> dict[str, float]:
    """Headings against gold, abstracts against judgement, and bibliographies sent."""
    pdfs = sorted((SHARED / name / "pdf").glob("*.pdf"))
    with ProcessPoolExecutor() as pool:
        read = list(pool.map(read_bare, pdfs))
    answers = folder / "answers.jsonl"
    answers.write_text("\n".join(line for line, _, _ in read), encoding="utf-8")
    scorer = str(SHARED / "score" / "sections.py")
    gold = str(SHARED / name / "gold")
    done = subprocess.run(
        [sys.executable, scorer, gold, str(answers), "--json"],
        capture_output=True,
        text=True,
        check=True,
    )
    scores: dict[str, Any] = json.loads(done.stdout)
    for group in ("headings", "level1"):
        scores[f"{group}.f1"] = scores[group]["f1"]
    judged = json.loads((HERE / "abstracts.json").read_text())
    right = [ends(d.abstract) == judged[key] for _, d, key in read if key in judged]
    scores["abstracts_right"] = sum(right) / len(right)
    bare = Paper(id="x", title="x")
    kept = [
        not lists_entries(paper_text(bare, d, max_chars=10**7).text) for _, d, _ in read
    ]
    scores["without_bibliography"] = sum(kept) / len(kept)
    return scores


@pytest.mark.skipif(not SHARED.exists(), reason="labelled papers are not here")
@pytest.mark.parametrize("name", ["corpus", "reading2"])
def test_labelled_papers_are_read_as_well_as_before(name: str, tmp_path: Path) -> None:
    """Headings, levels, abstracts, counts and bibliographies of real papers."""
    if not (SHARED / name).exists():
        pytest.skip("these papers are not here")
    scores = shared_scores(name, tmp_path)

    assert scores["missing"] == 0
    hold(name, scores)


def test_entries_are_told_from_prose_that_cites() -> None:
    """The score counts bibliographies, not citations."""
    cited = "as shown by Meise (2019), Kolk and Ralle (2018) and others [1, 2]. " * 9
    entry = "[{0}] A. Kolk, B. Meise, and C. Ralle, Nets 1, 1{0} (2019).\n"

    assert not lists_entries(cited)
    assert lists_entries("\n".join(entry.format(nth) for nth in range(9)))
