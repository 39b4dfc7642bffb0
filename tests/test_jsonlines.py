"""Lines of JSON, split by readers of every kind."""

import json

from chatpaper.api import Sheet
from chatpaper.records import Digest, Paper
from chatpaper.text import json_line

ODD = "before\u0085between\u2028and\u2029after\n\x1c统计"


def test_a_line_of_json_is_one_line() -> None:
    """Whatever stands in it, `splitlines` finds one line, and nothing is lost."""
    line = json_line({"text": ODD})

    assert line.splitlines() == [line]
    assert json.loads(line) == {"text": ODD}
    assert "统计" in line


def test_a_sheet_is_one_line() -> None:
    """So is a digest of the notebook and of `summarize --json`."""
    line = Sheet(digest=Digest(paper=Paper(id="x", title=ODD, source="folder"))).json

    assert line.splitlines() == [line]
    assert json.loads(line)["paper"]["title"] == ODD
