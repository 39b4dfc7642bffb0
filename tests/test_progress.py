"""Progress is shown where somebody may look, and nowhere else."""

import io
import re

from chatpaper.api import progress_of
from chatpaper.api.progress import NotebookLine


class Terminal(io.StringIO):
    """A stream that says it is a terminal."""

    def isatty(self) -> bool:
        """It is."""
        return True


def shown_on(stream: io.StringIO, wanted: bool | None) -> str:
    """What a call shows of three papers."""
    with progress_of(wanted, stream=stream) as shown:
        shown.tell("[GAN]", 1, 3)
        shown.watch("2401.11831v1", "read")
        shown.tell("[GAN]", 3, 3)
    return re.sub(r"\x1b\[[\d;?]*[a-zA-Z]", "", stream.getvalue())


def test_a_terminal_has_a_bar_a_topic() -> None:
    """A topic's name is no markup."""
    text = shown_on(Terminal(), None)

    assert "[GAN]" in text
    assert "3/3" in text


def test_a_log_has_none_unless_it_is_asked_for() -> None:
    """And a terminal has none when it is not wanted."""
    assert shown_on(io.StringIO(), None) == ""
    assert shown_on(Terminal(), False) == ""
    assert "3/3" in shown_on(io.StringIO(), True)


def test_a_notebook_has_one_line() -> None:
    """It says what is under way, and nothing of a paper that is done."""
    lines: list[str] = []
    line = NotebookLine(lines.append)

    line.tell("<GAN>", 0, 2)
    line.watch("2401.00001v1", "download")
    line.watch("2401.00002v1", "download")
    line.watch("2401.00002v1", "judge")
    line.watch("2401.00002v1", "done")
    line.tell("<GAN>", 1, 2)

    bars = ['<progress value="0" max="2"></progress> &lt;GAN&gt; 0 of 2']
    assert lines[0] == bars[0]
    assert lines[1] == f"{bars[0]}; 2401.00001v1: download"
    # Downloads come one after another: the first one is over.
    assert lines[2] == f"{bars[0]}; 2401.00002v1: download"
    assert lines[3] == f"{bars[0]}; 2401.00002v1: judge"
    assert lines[4] == bars[0]
    assert lines[5].endswith("1 of 2")
