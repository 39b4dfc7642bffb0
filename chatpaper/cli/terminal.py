"""What a command prints, without what a terminal would act on."""

from __future__ import annotations

import io
import sys
from typing import TextIO

from chatpaper.text import without_controls


class PlainStream(io.TextIOWrapper):
    """A stream for people: whatever is written to it stays text.

    Attributes:
        before: The stream in whose place it is; when that goes, it closes their file.
    """

    before: TextIO | None = None

    def write(self, text: str, /) -> int:
        """Write all of a text but controls; what the encoding lacks is spelled out."""
        super().write(without_controls(text))
        return len(text)


def print_plainly() -> None:
    """Let stdout and stderr, and so every log line and error, pass controls no more.

    Titles, replies, file names and the words of servers are other people's. The bars
    of `rich` go to `sys.__stderr__`, since they move the cursor.
    """
    sys.stdout, sys.stderr = _plain(sys.stdout), _plain(sys.stderr)


def _plain(stream: TextIO) -> TextIO:
    if isinstance(stream, PlainStream) or not isinstance(stream, io.TextIOWrapper):
        return stream
    stream.flush()
    plain = PlainStream(
        stream.buffer,
        encoding=stream.encoding,
        errors="backslashreplace",
        line_buffering=stream.line_buffering,
        write_through=stream.write_through,
    )
    plain.before = stream
    return plain
