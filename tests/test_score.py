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
import unicodedata
from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from itertools import pairwise
from pathlib import Path
from typing import Any

import pymupdf
import pytest

from chatpaper.cli.papers import document_line
from chatpaper.reading import parse_document
from chatpaper.records import Document, Fact, Paper
from chatpaper.resources import resource_path
from chatpaper.summary import paper_text

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


# ---------------------------------------------------------------- rows of tables


def typed_rows() -> Iterator[tuple[str, str, tuple[str, ...]]]:
    """File, label and cells of each row in table_rows.txt."""
    name = label = ""
    for line in (HERE / "table_rows.txt").read_text("utf-8").splitlines()[2:]:
        if line.startswith("# "):
            name, _, label = line[2:].partition(" ")
        else:
            yield name, label, alike(line.split("|"))


def alike(cells: Sequence[str]) -> tuple[str, ...]:
    """Cells without spaces, marks of height, kinds of hyphens and empty last ones."""
    text = unicodedata.normalize("NFKC", "|".join(cells)).casefold()
    text = re.sub("[−–—‐]", "-", re.sub(r"[\s^_{}]", "", text))
    text = text.translate(str.maketrans("∗∆ϵ", "*δε"))
    return tuple(text.rstrip("|").split("|"))


def shared_pdf(name: str) -> Path:
    """A paper of that name, wherever it lies among the labelled ones."""
    return next(SHARED.glob(f"*/pdf/{name}.pdf"))


def table_rows(name: str) -> set[tuple[str, str, tuple[str, ...]]]:
    """All rows of a paper's tables."""
    tables = parse_document(name, shared_pdf(name)).tables
    return {(name, t.label, alike(row)) for t in tables for row in t.rows}


@pytest.mark.skipif(not SHARED.exists(), reason="labelled papers are not here")
def test_rows_of_tables_are_read_as_well_as_before() -> None:
    """Rows with every cell right, of those typed from the printed pages."""
    wanted = list(typed_rows())
    names = sorted({name for name, _, _ in wanted})
    with ProcessPoolExecutor() as pool:
        found = set().union(*pool.map(table_rows, names))

    hold("tables", {"rows": sum(row in found for row in wanted) / len(wanted)})


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


# ---------------------------------------------------------------- facts by pattern

# Read off the pages by eye: of each institution first the house, then its parts;
# addresses of the paper's own code, any of which will do.
Facts = dict[str, dict[str, list[str]]]
FACTS: Facts = json.loads((HERE / "facts_gold.json").read_text("utf-8"))


def facts_of(pdf: Path) -> tuple[Fact | None, Fact | None]:
    """The institution and the code link of one paper."""
    document = parse_document(pdf.stem, pdf, max_pages=30)
    return document.affiliation, document.code_url


def is_institution(shown: str, printed: list[str]) -> bool:
    """Whether the house is shown, and nothing but the house and its parts."""
    rest = letters(shown)
    if not printed or letters(printed[0]) not in rest:
        return False
    for part in sorted(map(letters, printed), key=len, reverse=True):
        rest = rest.replace(part, "")
    return not rest


def letters(text: str) -> str:
    """Letters and digits of any script, without accents."""
    return re.sub(r"[\W_]+", "", unicodedata.normalize("NFKD", text).lower())


def bare(address: str) -> str:
    """An address as people compare them."""
    return re.sub(r"^(?:https?://)?(?:www\.)?", "", address.lower()).rstrip("/")


@pytest.mark.skipif(not SHARED.exists(), reason="labelled papers are not here")
def test_facts_are_right_where_they_are_shown() -> None:
    """The first author's institution and the paper's own code, or nothing."""
    pdfs = [
        next(SHARED.glob(f"{folder}/pdf/{name}.pdf"), None)
        for name in FACTS
        for folder in ("corpus", "reading2")
    ]
    known = [pdf for pdf in pdfs if pdf]
    with ProcessPoolExecutor() as pool:
        read = dict(zip(known, pool.map(facts_of, known), strict=True))
    assert len(known) == len(FACTS)

    right = {"institution": 0, "code": 0}
    shown, printed = dict(right), dict(right)
    for pdf, facts in read.items():
        gold = FACTS[pdf.stem]
        for kind, fact in zip(("institution", "code"), facts, strict=True):
            printed[kind] += bool(gold[kind])
            shown[kind] += fact is not None
            if fact is None:
                continue
            if kind == "institution":
                fine = is_institution(fact.text, gold[kind])
            else:
                fine = bare(fact.text) in map(bare, gold[kind])
            right[kind] += fine
            if not fine:
                print(f"{pdf.stem}: {fact.text}")
    scores = {f"{kind}.precision": right[kind] / shown[kind] for kind in right}
    scores |= {f"{kind}.recall": right[kind] / printed[kind] for kind in right}
    hold("facts", scores)


# ---------------------------------------------------------------- powers of ten

_TEN = re.compile(r"(?<!\d)10\s*$")
_POWER = re.compile(r"\s*([-−–]?)\s?(\d+)")
_WRITTEN = re.compile(r"(?<!\d)10\^(?:\{([-−–]?\d+)[^}]*\}|(\d))")


def printed_powers(pdf: Path, pages: int) -> Counter[str]:
    """Exponents behind `10` by their place on the page: small, raised and near."""
    found: Counter[str] = Counter()
    with pymupdf.open(pdf) as file:
        for page in file.pages(stop=min(pages, file.page_count)):
            for block in page.get_text("dict")["blocks"]:
                for line in block.get("lines", ()):
                    inked = [s for s in line["spans"] if s["text"].strip()]
                    for base, above in pairwise(inked) if line["dir"][0] > 0.99 else ():
                        found.update(power_of(base, above))
    return found


def power_of(base: dict[str, Any], above: dict[str, Any]) -> list[str]:
    """The exponent in the second span, if the first one ends with a ten."""
    size = base["size"]
    gap = above["bbox"][0] - base["bbox"][2]
    rise = base["origin"][1] - above["origin"][1]
    near = -0.15 < gap / size < 0.3 and 0.15 < rise / size < 0.75
    power = _POWER.match(above["text"])
    if not (near and above["size"] < 0.85 * size and _TEN.search(base["text"])):
        return []
    return [("-" if power[1] else "") + power[2]] if power else []


def written_powers(document: Document) -> Counter[str]:
    """Exponents of tens in all text of a document."""
    texts = [f"{s.title}\n{s.text}" for s in document.sections]
    texts += [passage.text for passage in document.passages]
    return Counter(
        match[1] or match[2] for match in _WRITTEN.finditer("\n".join(texts))
    )


def kept_powers(pdf: Path) -> tuple[int, int]:
    """How many powers of ten a paper prints, and how many of them are read."""
    pymupdf.TOOLS.mupdf_display_errors(False)
    printed = printed_powers(pdf, 100)
    if not printed:
        return 0, 0
    written = written_powers(parse_document(pdf.stem, pdf, max_pages=100))
    return printed.total(), (printed & written).total()


@pytest.mark.skipif(not SHARED.exists(), reason="labelled papers are not here")
def test_powers_of_ten_are_kept() -> None:
    """What is printed as 10 with a small raised 5 is read as 10^5."""
    pdfs = sorted(SHARED.glob("corpus/pdf/*.pdf")) + sorted(
        SHARED.glob("reading2/pdf/*.pdf")
    )
    with ProcessPoolExecutor() as pool:
        printed, kept = map(sum, zip(*pool.map(kept_powers, pdfs), strict=True))

    hold("powers of ten", {"printed": printed, "kept": kept / printed})


def test_entries_are_told_from_prose_that_cites() -> None:
    """The score counts bibliographies, not citations."""
    cited = "as shown by Meise (2019), Kolk and Ralle (2018) and others [1, 2]. " * 9
    entry = "[{0}] A. Kolk, B. Meise, and C. Ralle, Nets 1, 1{0} (2019).\n"

    assert not lists_entries(cited)
    assert lists_entries("\n".join(entry.format(nth) for nth in range(9)))
