"""The tour of tests/notebooks, executed by a real Jupyter kernel without a key."""

import contextlib
import io
import json
import os
import re
from pathlib import Path
from typing import Any

import nbformat
import pytest
from IPython.core.interactiveshell import InteractiveShell
from nbclient import NotebookClient

TOUR = Path(__file__).parent / "notebooks" / "tour.ipynb"
# What the last line of a cell shows, besides its words.
SHOWN = {
    "document": "text/html",
    "document.tables[0].to_frame()": "text/html",
    "chatpaper.figure_picture(paper, document.figures[0])": "image/jpeg",
    "sheet": "text/html",
    "sheet.claims": "text/html",
    "chatpaper.posted_papers()": "text/html",
}

pytestmark = [
    pytest.mark.filterwarnings("default"),  # other people's
    pytest.mark.timeout(300),
]


@pytest.fixture(scope="module")
def cells(tmp_path_factory: pytest.TempPathFactory) -> list[dict[str, Any]]:
    """The executed cells of code."""
    folder = tmp_path_factory.mktemp("tour")
    notebook: Any = nbformat.read(TOUR, as_version=4)  # type: ignore[no-untyped-call]
    keyless = {k: v for k, v in os.environ.items() if not k.endswith("_API_KEY")}
    client = NotebookClient(
        notebook, timeout=120, resources={"metadata": {"path": str(folder)}}
    )
    with client.setup_kernel(
        env={**keyless, "CHATPAPER_STORAGE__DIR": str(folder / "store")}
    ):
        for at, cell in enumerate(notebook.cells):
            client.execute_cell(cell, at)
    if kept := os.environ.get("CHATPAPER_KEEP_TOUR"):
        nbformat.write(notebook, kept)  # type: ignore[no-untyped-call]
    return [cell for cell in notebook.cells if cell.cell_type == "code"]


def data_of(cells: list[dict[str, Any]], last_line: str) -> dict[str, str]:
    """What a cell gives as its result, by media type."""
    (cell,) = (c for c in cells if c["source"].splitlines()[-1] == last_line)
    results = [o for o in cell["outputs"] if o["output_type"] == "execute_result"]
    return dict(results[0]["data"])


def test_it_is_stored_without_outputs() -> None:
    """So that its differences are those of its words."""
    stored = json.loads(TOUR.read_text("utf-8"))

    assert all(not cell.get("outputs") for cell in stored["cells"])
    assert all(cell.get("execution_count") is None for cell in stored["cells"])


def test_every_cell_runs_and_shows_itself(cells: list[dict[str, Any]]) -> None:
    """Nothing fails, nothing is said on stderr, and records are no walls of text."""
    outputs = [output for cell in cells for output in cell["outputs"]]

    assert [o for o in outputs if o["output_type"] == "error"] == []
    assert [o for o in outputs if o.get("name") == "stderr"] == []
    for last_line, kind in SHOWN.items():
        data = data_of(cells, last_line)
        assert kind in data
        assert len(data["text/plain"]) < 1500
    for html in (o["data"].get("text/html", "") for o in outputs if "data" in o):
        assert "<script" not in html
        assert html.count("<table") == html.count("</table>")


def test_a_document_and_a_sheet_are_shown(cells: list[dict[str, Any]]) -> None:
    """With headings, figures within the page, and marks that open the file."""
    document = data_of(cells, "document")["text/html"]
    sheet = data_of(cells, "sheet")["text/html"]

    assert "III Method <small>[p.1]</small>" in document
    assert "<summary>3 figures, 1 table</summary>" in document
    assert sheet.count('src="data:image/jpeg;base64,') == 3
    assert re.search(r'href="file:///[^"]*/sample-01\.pdf#page=2"', sheet)


def test_progress_is_one_line(cells: list[dict[str, Any]]) -> None:
    """Which is written anew, and says at the end that all is done."""
    shown = [
        output["data"]["text/html"]
        for cell in cells
        for output in cell["outputs"]
        if output["output_type"] == "display_data"
    ]

    assert len(shown) == 4
    assert shown[1] == '<progress value="5" max="5"></progress> GAN 5 of 5'


def test_an_error_shows_the_line_and_what_is_wrong() -> None:
    """And none of our own, by IPython's rule for errors that show themselves."""
    shell: Any = InteractiveShell.instance()
    with io.StringIO() as out, contextlib.redirect_stdout(out):
        shell.run_cell("import chatpaper\ndef mine():\n    chatpaper.summarize(42)")
        shell.run_cell("1\nmine()")
        shell.run_cell("raise chatpaper.StoreError('x', '\\x1b[2Jlost\\n')")
        said = re.sub(r"\x1b\[[0-9;]*m", "", out.getvalue())

    assert said.splitlines() == [
        "line 2: mine()",
        "line 3: chatpaper.summarize(42)",
        "ConfigError: 42: is no name: write '2401.11831', or a file's name in quotes",
        "line 1: raise chatpaper.StoreError('x', '\\x1b[2Jlost\\n')",
        "StoreError: x:  [2Jlost ",
    ]


def test_the_loop_goes_on_and_errors_are_lines(cells: list[dict[str, Any]]) -> None:
    """In the kernel's own event loop."""
    said = "".join(o.get("text", "") for o in cells[-1]["outputs"])

    assert "True" in str(cells[-2]["outputs"][-1]["data"]["text/plain"])
    assert said.splitlines()[0] == "papr.pdf: no such file"
    assert len(said.splitlines()) == 2
