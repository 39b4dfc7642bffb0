"""Records show themselves: short in a line, escaped in a notebook."""

import dataclasses
import json
import pickle
import subprocess
import sys
from datetime import UTC, date, datetime

import pytest
from pydantic import TypeAdapter

from chatpaper import records
from chatpaper.records import (
    FIELDS,
    Check,
    Claim,
    Correction,
    Digest,
    Document,
    Figure,
    Finding,
    HiddenText,
    Line,
    Paper,
    Passage,
    Place,
    Post,
    RunReport,
    Section,
    Summary,
    Table,
)

LEFT = ' style="text-align: left"'
LONG = "A sentence <script>alert(1)</script> that goes on & on. " * 200
BOX = (1.0, 2.0, 3.0, 4.0)
NOON = datetime(2024, 5, 1, 12, tzinfo=UTC)
LINE = Line(start=0, page=1, box=BOX)
PAPER = Paper(
    id="2401.11831",
    title=LONG,
    authors=(LONG,) * 50,
    abstract=LONG,
    comment=LONG,
    published=NOON,
    updated=NOON,
)
CLAIM = Claim(field="points", text=LONG, evidence=(LONG, LONG))
PLACE = Place(page=1, box=BOX, section=LONG, sentence=LONG, score=100.0)
FINDING = Finding(kind="number", text=LONG, reason=LONG, found=LONG, page=2)
CHECK = Check(places=(PLACE,) * 3, findings=(FINDING,) * 3, verdict="supported")
SUMMARY = Summary(
    title=LONG, keywords=(LONG,) * 9, claims=(CLAIM,) * 20, missing=FIELDS
)
TABLE = Table(
    label="Table 1",
    caption=LONG,
    page=3,
    rows=(("Method", "<b>FID</b>"), ("GAN", "1"), ("VAE", "2"), ("Flow", "3")),
    box=BOX,
)
FIGURE = Figure(kind="figure", label="Figure 1", caption=LONG, page=2, box=BOX)
HIDDEN = HiddenText(reason="white", text=LONG, page=2, box=BOX)
DOCUMENT = Document(
    paper_id="paper",
    page_count=9,
    pages_read=9,
    title="Costs of <script>alert(1)</script> & $5 \u202e tricks",
    abstract=LONG,
    sections=(
        Section(
            level=2, number="3.1", title="<i>Set-up", page=4, text=LONG, lines=(LINE,)
        ),
    )
    * 12,
    figures=(FIGURE,) * 7,
    tables=(TABLE,),
    passages=(Passage(kind="caption", text=LONG, page=1, box=BOX),) * 9,
    hidden=(HIDDEN,),
    missing=("Pages 100 to 120 were not read.",),
)
DIGEST = Digest(
    paper=PAPER,
    summary=SUMMARY,
    checks=(CHECK,) * 20,
    hidden=(HIDDEN,) * 4,
    corrections=(Correction(on=NOON.date(), summary=SUMMARY),),
)
POST = Post(topic="GAN", day=NOON.date(), digests=(DIGEST,) * 30, markdown=LONG)
REPORT = RunReport(topic="GAN", day=date(2024, 5, 1), status="done", posted=5, why="x")
LARGE = [
    *(PAPER, CLAIM, PLACE, FINDING, CHECK, SUMMARY, TABLE, FIGURE, HIDDEN, DOCUMENT),
    *(DIGEST, POST, REPORT, DOCUMENT.sections[0], DOCUMENT.passages[0]),
    DIGEST.corrections[0],
]


@pytest.mark.parametrize("record", LARGE, ids=lambda record: type(record).__name__)
def test_a_record_says_itself_in_a_few_lines(record: object) -> None:
    """However much it holds; it is still equal to its copies, pickled or as JSON."""
    kind = type(record)
    adapter = TypeAdapter(kind)

    assert len(repr(record)) < 800
    assert repr(record).startswith(f"{kind.__name__}(")
    assert "\n" not in repr(record)
    assert pickle.loads(pickle.dumps(record)) == record
    assert adapter.validate_json(adapter.dump_json(record)) == record
    assert "_shown" not in json.dumps(dataclasses.asdict(record), default=str)  # type: ignore[call-overload]


def test_every_record_has_a_short_repr() -> None:
    """A new one cannot forget it."""
    kinds = [getattr(records, name) for name in records.__all__]
    made = [kind for kind in kinds if dataclasses.is_dataclass(kind)]

    assert len(made) > 20
    assert {kind.__repr__ for kind in made} == {Paper.__repr__}


def test_a_line_says_what_tells_most() -> None:
    """What is empty, or as always, is left out."""
    table = "rows=<4>, columns=['Method', '<b>FID</b>']"

    assert repr(REPORT) == (
        "RunReport(topic='GAN', day=2024-05-01, status='done', posted=5)"
    )
    assert repr(TABLE).startswith(f"Table(label='Table 1', page=3, {table}, caption=")
    assert "sections=<12>, figures=<7>, tables=" in repr(DOCUMENT)
    assert "Flow" not in repr(TABLE)


def test_a_document_shows_its_outline() -> None:
    """Title, headings with pages, figures, the cells of tables, and warnings."""
    html = DOCUMENT._repr_html_().replace(LEFT, "")

    assert html.count("3.1 &lt;i&gt;Set-up <small>[p.4]</small>") == 12
    assert "<summary>7 figures, 1 table</summary>" in html
    assert "<th>&lt;b&gt;FID&lt;/b&gt;</th>" in html
    assert "<td>Flow</td><td>3</td>" in html
    assert "⚠ <b>Hidden text</b>" in html
    assert "⚠ Pages 100 to 120 were not read." in html
    assert len(html) < 8000


def test_what_a_document_shows_is_escaped() -> None:
    """No word of a PDF is HTML, a formula, or turns the line round."""
    html = DOCUMENT._repr_html_()

    assert "<script" not in html
    assert "\u202e" not in html
    assert "Costs of &lt;script&gt;" in html
    assert 'class="tex2jax_ignore mathjax_ignore"' in html
    assert "<script" not in TABLE._repr_html_()


def test_an_empty_document_shows_itself() -> None:
    """Its id stands for the title, and there is no fold of nothing."""
    html = Document(paper_id="a<b", page_count=1, pages_read=1)._repr_html_()

    assert "<h3>a&lt;b</h3>" in html
    assert "<details>" not in html
    assert "<p>1 page, 0 sections</p>" in html


def test_a_table_is_a_frame() -> None:
    """Columns by the names of its head."""
    frame = TABLE.to_frame()

    assert list(frame.columns) == ["Method", "<b>FID</b>"]
    assert frame["Method"].tolist() == ["GAN", "VAE", "Flow"]


def test_without_pandas_one_line_says_what_to_install() -> None:
    """It is no dependency."""
    code = (
        "import sys; sys.modules['pandas'] = None\n"
        "from chatpaper.records import Table\n"
        "t = Table(label='', caption='', page=1, rows=(('a',),), box=(0, 0, 1, 1))\n"
        "t.to_frame()"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=False
    )

    assert done.stderr.splitlines()[-1] == (
        "chatpaper.errors.ConfigError: pandas: is not installed, and a DataFrame needs"
        " it: pip install pandas"
    )
